/** Who calls, as the access token says. */
export type Principal = UserPrincipal | ServicePrincipal;

export interface UserPrincipal {
  kind: 'user';
  userId: number;
  roles: string[];
  /** What a service falls back to while the user service is down. */
  name?: string;
  email?: string;
}

export interface ServicePrincipal {
  kind: 'service';
  clientId: string;
  roles: string[];
}

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by the authenticator when the request carries a valid access token. */
    principal?: Principal;
  }
}
