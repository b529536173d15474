import { mount } from 'svelte';
import Bench from './Bench.svelte';
import '../styles/base.css';
import '../styles/tokens.css';

mount(Bench, { target: document.getElementById('app') as HTMLElement });
