/** Dialogs that keep the rest of the page from being used. */

/**
 * Shows a dialog, and closes it when it is no longer on display: one in a lab that another address has hidden would leave the
 * whole page out of use. Gives what is to be called when it is taken away.
 */
export function modal(dialog: HTMLDialogElement, onclose: () => void): () => void {
  dialog.showModal();
  const observer = new ResizeObserver(() => {
    if (dialog.getClientRects().length === 0) onclose();
  });
  observer.observe(dialog);
  return () => observer.disconnect();
}

/** The same for a dialog that holds nothing to lose: Escape closes it, and so does a press beside it. */
export function dismissible(dialog: HTMLDialogElement, onclose: () => void): () => void {
  dialog.addEventListener('cancel', (event) => {
    // Its owner takes it away.
    event.preventDefault();
    onclose();
  });
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) onclose();
  });
  return modal(dialog, onclose);
}
