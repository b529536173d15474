import 'katex/dist/katex.min.css';
import { mount } from 'svelte';
import App from './App.svelte';
import './styles/base.css';
import './styles/range.css';
import './styles/tokens.css';
import './styles/print.css';

mount(App, { target: document.getElementById('app') as HTMLElement });
