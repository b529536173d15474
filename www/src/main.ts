import './engine/trusted.ts';
// What all is set in comes first, what changes the components after them.
import 'katex/dist/katex.min.css';
import './styles/base.css';
import './styles/tokens.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { appearance } from './theme.svelte.ts';
import { speech } from './messages/speech.svelte.ts';
import { parseState } from './address/address.ts';
import './styles/range.css';
import './styles/print.css';
import './styles/forced.css';

appearance.begin();
// A page whose words come after it would flash.
speech.chosen = parseState(location.hash).state.language;
void speech
  .load()
  .then(() => {
    const target = document.getElementById('app') as HTMLElement;
    // In one turn: nothing is painted between what the document showed and the page.
    target.replaceChildren();
    mount(App, { target });
  })
  // It says why the page does not start.
  .then(() => document.getElementById('boot')?.remove());
