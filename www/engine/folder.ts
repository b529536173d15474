/** A folder's address, whether or not it ends as that of one; relative to `page` where there is one. */
export function folderUrl(folder: string | URL, page: string | undefined): URL {
  if (!URL.canParse(folder, page))
    throw new TypeError(
      `${folder.toString()} is not an address${page === undefined ? '; without a page it must be a whole one: file:///… or https://…' : ''}`,
    );
  const url = new URL(folder, page);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
