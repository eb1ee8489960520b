import { NavLink, Route, Routes } from 'react-router';
import type { User } from '../api/client.js';
import { ForUser, Missing } from '../pages/log-in.js';
import { Empty } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';
import { Now } from './now.js';
import { DeskOrder, DeskOrders } from './orders.js';
import { DeskProduct, DeskProducts } from './products.js';
import { DeskReconciliation } from './reconciliation.js';
import { TryIt } from './try-it.js';
import { DeskUsers } from './users.js';
import { useSimulator, Waiting } from './waiting.js';
import '../styles/desk.css';

/** What operators work with; loaded by whoever opens it. What they may do is the API's word, which refuses all others. */
export function Desk() {
  return <ForUser page={ForAdmin} />;
}

function ForAdmin({ user }: { user: User }) {
  const { t } = useWords();
  if (!user.roles.includes('admin'))
    return (
      <Empty>
        <Title>{t('desk.refusedTitle')}</Title>
        <p>{t('desk.refused', { email: user.email })}</p>
      </Empty>
    );
  return (
    <div className="desk">
      <nav className="desk-nav" aria-label={t('nav.desk')}>
        <NavLink to="/desk" end>
          {t('desk.waiting')}
        </NavLink>
        <NavLink to="/desk/now">{t('desk.now')}</NavLink>
        <NavLink to="/desk/orders">{t('desk.orders')}</NavLink>
        <NavLink to="/desk/products">{t('desk.products')}</NavLink>
        <NavLink to="/desk/reconciliation">{t('desk.reconciliation')}</NavLink>
        <NavLink to="/desk/users">{t('desk.users')}</NavLink>
        <TryItLink />
      </nav>
      <Routes>
        <Route index element={<Waiting />} />
        <Route path="now" element={<Now />} />
        <Route path="orders" element={<DeskOrders />} />
        <Route path="orders/:id" element={<DeskOrder />} />
        <Route path="products" element={<DeskProducts />} />
        <Route path="products/new" element={<DeskProduct key="new" />} />
        <Route path="products/:id" element={<DeskProduct />} />
        <Route path="reconciliation" element={<DeskReconciliation />} />
        <Route path="users" element={<DeskUsers />} />
        <Route path="users/:id" element={<DeskUsers />} />
        <Route path="try" element={<TryIt />} />
        <Route path="*" element={<Missing />} />
      </Routes>
    </div>
  );
}

/** Only where the provider is a simulation. */
function TryItLink() {
  const { t } = useWords();
  const { asked } = useSimulator();
  return asked.data ? <NavLink to="/desk/try">{t('try.title')}</NavLink> : null;
}
