import AxeBuilder from '@axe-core/playwright';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

/** What axe-core finds below the selector: one line for each element. */
export async function violations(
  page: IJupyterLabPageFixture,
  selector: string
): Promise<string[]> {
  // Galata's page is not quite Playwright's; axe needs what both have.
  const found = await new AxeBuilder({
    page: page as unknown as ConstructorParameters<typeof AxeBuilder>[0]['page']
  })
    .include(selector)
    .analyze();
  return found.violations.flatMap(one =>
    one.nodes.map(node => `${one.id}: ${node.target.join(' ')}`)
  );
}
