/** The part of models/README.md about models of one's own, as a page of the site: what a file does, what to choose for it, how to export one. */
import { readFile } from 'node:fs/promises';
import { marked } from 'marked';
import type { Plugin } from 'vite';

const SECTION = /^## Models of your own\n([\s\S]*?)(?=^## )/m;
const PATH = 'guide/';

const STYLE = `body { max-width: 60rem; margin: 0 auto; padding: 1.5rem; font: 1rem/1.55 system-ui, sans-serif; }
:root { color-scheme: light dark; }
pre { padding: 1rem; overflow-x: auto; border: 1px solid #7d868f; border-radius: 0.5rem; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
pre code { overflow-wrap: normal; }
table { border-collapse: collapse; }
th, td { padding: 0.4rem 0.75rem 0.4rem 0; border-bottom: 1px solid #7d868f; text-align: left; vertical-align: top; }
`;

async function render(readme: string): Promise<string> {
  const section = SECTION.exec(await readFile(readme, 'utf8'))?.[1];
  if (!section) throw new Error(`${readme} has no section about models of one's own`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Models of your own · ELBO Room</title>
<link rel="icon" href="../favicon.svg">
<link rel="stylesheet" href="guide.css">
<h1>Models of your own</h1>
${await marked.parse(section)}</html>
`;
}

/** Writes the guide into the build, and serves it while developing. */
export function guide(readme: string): Plugin {
  return {
    name: 'elbo-room-guide',
    configureServer(server) {
      server.middlewares.use(`/${PATH}`, (request, response, next) => {
        const isStyle = request.url?.endsWith('guide.css');
        response.setHeader('content-type', isStyle ? 'text/css' : 'text/html; charset=utf-8');
        if (isStyle) response.end(STYLE);
        else render(readme).then((page) => response.end(page), next);
      });
    },
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: `${PATH}index.html`, source: await render(readme) });
      this.emitFile({ type: 'asset', fileName: `${PATH}guide.css`, source: STYLE });
    },
  };
}
