/** Whether the page is in front: what it computes for nobody to see can wait. A data set that is scored does not (labs/sets). */
class Tab {
  hidden = $state(false);

  constructor() {
    const { document } = globalThis as Partial<typeof globalThis>;
    if (!document) return;
    this.hidden = document.hidden;
    document.addEventListener('visibilitychange', () => (this.hidden = document.hidden));
  }
}

export const tab = new Tab();
