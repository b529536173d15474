/** Files by their addresses, in browsers. */

export async function response(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new TypeError(`${url} cannot be read: status ${answer.status}`);
  return answer;
}

export async function bytes(url) {
  const answer = await response(url);
  if (answer.headers.get('content-type')?.startsWith('text/html')) {
    throw new TypeError(`${url} is a web page, not the file: the server has no such file`);
  }
  return new Uint8Array(await answer.arrayBuffer());
}
