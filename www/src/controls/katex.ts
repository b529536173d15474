/** KaTeX and its styles, as one thing to fetch. */
import 'katex/dist/katex.min.css';

export { default } from 'katex';
