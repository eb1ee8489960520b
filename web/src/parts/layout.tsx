import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { NavLink, Link, Outlet, useLocation } from 'react-router';
import { logOut, useVisitor } from '../api/session.js';
import { cart } from '../app/cart.js';
import { language, LANGUAGES, useWords, type Language } from '../texts/words.js';

export function Layout() {
  const { t, count } = useWords();
  const { user, starting } = useVisitor();
  const client = useQueryClient();
  const pieces = cart.use().reduce((sum, { quantity }) => sum + quantity, 0);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const lang = language.use();
  const isFirst = useRef(true);

  useEffect(() => {
    document.documentElement.lang = lang;
  }, [lang]);

  // Whoever goes on by keyboard or hears the page begins at what is new.
  useEffect(() => {
    if (!isFirst.current) {
      main.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [pathname]);

  // Whoever comes next sees nothing of whoever goes, also where the session ended by itself.
  const userId = user?.id;
  useEffect(() => (userId === undefined ? undefined : () => void client.resetQueries()), [client, userId]);

  return (
    <>
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <header className="bar">
        <Link className="brand" to="/">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="9" />
            <path d="M9 16.5l5 5 9.5-11" />
          </svg>
          Holdfast
        </Link>
        <nav>
          <NavLink to="/" end>
            {t('nav.catalog')}
          </NavLink>
          {user !== undefined && <NavLink to="/shop/orders">{t('nav.orders')}</NavLink>}
          {user !== undefined && <NavLink to="/shop/profile">{t('nav.profile')}</NavLink>}
          {user?.roles.includes('admin') === true && <NavLink to="/desk">{t('nav.desk')}</NavLink>}
        </nav>
        <div className="bar-end">
          <select
            className="language"
            aria-label={t('nav.language')}
            value={lang}
            onChange={(event) => language.set(event.target.value as Language)}
          >
            {Object.entries(LANGUAGES).map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
          {user === undefined ? (
            starting === undefined && (
              <Link className="button quiet" to="/shop/login">
                {t('nav.login')}
              </Link>
            )
          ) : (
            <button className="quiet" type="button" onClick={logOut}>
              {t('nav.logout')}
            </button>
          )}
          <Link className="cart-link" to="/shop/cart" aria-label={count('nav.cartCount', pieces)}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M4 5h2.2l2 10.5h9.6l2-7.5H7M10 20h.01M17 20h.01" />
            </svg>
            <span className="badge" data-empty={pieces === 0}>
              {pieces}
            </span>
          </Link>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
      <footer>
        <p>{t('footer')}</p>
        <a href="/docs/">{t('footer.api')}</a>
      </footer>
    </>
  );
}
