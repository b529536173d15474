/** Files that came together: the first is taken at once, each of the others when the visitor asks for it. */
export class Waiting {
  files = $state.raw<readonly File[]>([]);

  constructor(private readonly take: (file: File) => void) {}

  /** Takes the place of those that waited; nothing changes where there is none. */
  receive(files: Iterable<File>): void {
    const [first, ...rest] = files;
    if (!first) return;
    this.files = rest;
    this.take(first);
  }

  next(): void {
    this.receive(this.files);
  }
}
