/** The numbers of a chart, which the figure around it lets the visitor save. */
import { getContext, setContext } from 'svelte';
import type { Table } from '../share/subject.ts';

const KEY = Symbol('numbers of a chart');

interface Place {
  table: (() => Table) | null;
}

/** For the figure: where its chart leaves its numbers. */
export function numbersOfChart(): Place {
  const place: Place = { table: null };
  setContext(KEY, place);
  return place;
}

/** For the chart, while it begins. */
export function offerNumbers(table: () => Table): void {
  const place = getContext<Place | undefined>(KEY);
  if (place) place.table = table;
}
