import '../engine/trusted.ts';
import '../styles/base.css';
import '../styles/tokens.css';
import { mount } from 'svelte';
import { speech } from '../messages/speech.svelte.ts';
import Bench from './Bench.svelte';
import { languageIn } from './language.ts';

// A page whose words come after it would flash.
speech.chosen = languageIn(location.hash);
void speech
  .load()
  .then(() => mount(Bench, { target: document.getElementById('app') as HTMLElement }));
