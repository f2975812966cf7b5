import { page } from '@fixture/assets';
import { hello } from '@fixture/core';
import { year } from '@fixture/core/clock';
import { render } from '@fixture/tables';

export default (title) => {
  const rows = [{ name: 'year', count: year() }];
  return page.replace('{{title}}', `${title}: ${hello('web')} ${render(rows)}`);
};
