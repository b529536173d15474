/** Hands something to the visitor as a file. */
export function save(name: string, type: string, content: BlobPart): void {
  const urls = URL;
  const url = urls.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => urls.revokeObjectURL(url), 1000);
}
