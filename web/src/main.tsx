import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { goOn } from './api/client.js';
import { Cart } from './pages/cart.js';
import { Catalog } from './pages/catalog.js';
import { Challenge } from './pages/challenge.js';
import { Checkout } from './pages/checkout.js';
import { LogIn, Missing, ForUser } from './pages/log-in.js';
import { OrderPage } from './pages/order.js';
import { Orders } from './pages/orders.js';
import { ProductPage } from './pages/product.js';
import { Profile } from './pages/profile.js';
import { Layout } from './parts/layout.js';
import './styles/tokens.css';
import './styles/shop.css';
import './styles/saga.css';

/** Apart from the shop, whose visitors do not load it. */
const Desk = lazy(async () => ({ default: (await import('./desk/desk.js')).Desk }));

const client = new QueryClient({ defaultOptions: { queries: { ...goOn, staleTime: 10_000 }, mutations: goOn } });

const router = createBrowserRouter([
  {
    element: <Layout />,
    children: [
      { path: '/', element: <Catalog /> },
      { path: '/shop', element: <Catalog /> },
      { path: '/shop/products/:id', element: <ProductPage /> },
      { path: '/shop/cart', element: <Cart /> },
      { path: '/shop/login', element: <LogIn key="in" /> },
      { path: '/shop/signup', element: <LogIn key="up" isNew /> },
      { path: '/shop/checkout', element: <ForUser page={Checkout} /> },
      { path: '/shop/checkout/:productId', element: <ForUser page={Checkout} /> },
      { path: '/shop/challenges/:id', element: <Challenge /> },
      { path: '/shop/profile', element: <ForUser page={Profile} /> },
      { path: '/shop/orders', element: <ForUser page={Orders} /> },
      { path: '/shop/orders/:id', element: <ForUser page={() => <OrderPage />} /> },
      {
        path: '/desk/*',
        element: (
          <Suspense fallback={<div className="card ghost tall" aria-busy="true" />}>
            <Desk />
          </Suspense>
        ),
      },
      { path: '*', element: <Missing /> },
    ],
  },
]);

const root = document.getElementById('root');
if (root !== null)
  createRoot(root).render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
