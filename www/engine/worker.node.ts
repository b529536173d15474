/** The worker in a thread of Node.js. */
import './port.node.ts';
import './worker.ts';
