import { server } from './servers.js';
import { waitFor } from './wait-for.js';

/** A mail as the mail catcher's own API shows it. */
interface Mail {
  subject: string;
  text: string;
  to: { address: string }[];
}

/** All mails that came, to everybody, oldest first. */
export async function allMails(): Promise<Mail[]> {
  const response = await fetch(new URL('/email', server('INBOX_URL')));
  return (await response.json()) as Mail[];
}

/** The mails that speak of an order, oldest first. */
export async function mailsAbout(orderId: string): Promise<Mail[]> {
  return (await allMails()).filter((mail) => `${mail.subject} ${mail.text}`.includes(orderId));
}

/** Waits until so many mails about the order are there; more than that is a failure too. */
export async function mailsArrive(orderId: string, count: number, timeoutMs = 30_000): Promise<Mail[]> {
  const mails = await waitFor(
    `${count} mails about ${orderId}`,
    async () => {
      const found = await mailsAbout(orderId);
      return found.length >= count ? found : undefined;
    },
    { timeoutMs },
  );
  if (mails.length > count) throw new Error(`${mails.length} mails instead of ${count} about ${orderId}`);
  return mails;
}
