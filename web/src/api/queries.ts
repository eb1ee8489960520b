import { keepPreviousData, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { api, bodyOf, orIfMissing } from './client.js';
import type { Order } from './client.js';

const id = (value: number) => ({ params: { path: { id: value } } });

export const productQuery = (productId: number) => ({
  queryKey: ['product', productId],
  queryFn: () => bodyOf(api.GET('/products/{id}', id(productId))),
});

const stockQuery = (productId: number) => ({
  queryKey: ['stock', productId],
  // One that was never given any stock has none: an order of it would be refused for that.
  queryFn: () =>
    orIfMissing(bodyOf(api.GET('/inventory/{productId}', { params: { path: { productId } } })), { quantity: 0 }),
  staleTime: 2_000,
});

export const useProduct = (productId: number) => useQuery(productQuery(productId));
export const useProducts = (ids: number[]) => useQueries({ queries: ids.map(productQuery) });
export const useStock = (productId: number) => useQuery(stockQuery(productId));

export const useCategories = () =>
  useQuery({ queryKey: ['categories'], queryFn: () => bodyOf(api.GET('/categories')) });

/** How the pages of any list follow each other. */
const byCursor = {
  initialPageParam: '',
  getNextPageParam: ({ nextCursor }: { nextCursor: string | null }) => nextCursor,
};

export function useCatalog({ q, category }: { q: string; category: string }) {
  return useInfiniteQuery({
    queryKey: ['products', q, category],
    ...byCursor,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam }) =>
      bodyOf(
        api.GET('/products', {
          params: {
            query: {
              limit: 24,
              ...(q && { q }),
              ...(category && { category }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
        }),
      ),
  });
}

/** For admins. `email`: whose it is, and of everybody without. */
export function useUsers(email: string) {
  return useInfiniteQuery({
    queryKey: ['desk', 'users', email],
    ...byCursor,
    queryFn: ({ pageParam }) =>
      bodyOf(
        api.GET('/users', {
          params: { query: { limit: 24, ...(email && { email }), ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
  });
}

type OrderFilter = {
  /** Without: everybody's, for admins. */
  userId?: number | undefined;
  status?: Order['status'] | undefined;
  cancelReason?: Order['cancelReason'] | undefined;
};

export function useOrders({ userId, status, cancelReason }: OrderFilter) {
  return useInfiniteQuery({
    queryKey: ['orders', userId, status, cancelReason],
    ...byCursor,
    queryFn: ({ pageParam }) =>
      bodyOf(
        api.GET('/orders', {
          params: {
            query: {
              limit: 10,
              ...(userId !== undefined && { userId }),
              ...(status && { status }),
              ...(cancelReason && { cancelReason }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
        }),
      ),
  });
}

/** What happened to an order, and what it has at the services; asked again while the order is on its way. */
export function useOrderParts(orderId: string, isOnItsWay: boolean) {
  const often = { refetchInterval: isOnItsWay ? 3_000 : (false as const) };
  const query = { params: { query: { orderId } } };
  const timeline = useQuery({
    queryKey: ['order-parts', orderId, 'timeline'],
    queryFn: () => bodyOf(api.GET('/orders/{id}/timeline', { params: { path: { id: orderId } } })),
    ...often,
  });
  const payments = useQuery({
    queryKey: ['order-parts', orderId, 'payments'],
    queryFn: () => bodyOf(api.GET('/payments', query)),
    ...often,
  });
  return { timeline, payments };
}
