/** Whether the page is in front: what it computes for nobody to see can wait. */
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
