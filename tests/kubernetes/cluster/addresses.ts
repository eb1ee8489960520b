/** The node's network. It is alone in its namespace, so nothing here can collide with what the machine has. */
export const NODE = 'node';
export const BRIDGE = 'cni0';
export const NODE_IP = '10.244.0.1';
export const POD_NETWORK = '10.244.0.0/16';
export const SERVICE_NETWORK = '10.96.0.0/16';
export const KUBERNETES_IP = '10.96.0.1';
export const DNS_IP = '10.96.0.10';
export const API_PORT = 6443;
export const API_URL = `https://${NODE_IP}:${API_PORT}`;
export const ETCD_URL = 'http://127.0.0.1:2379';
