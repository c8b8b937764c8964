/** What kinds of things are called. */

const CREDENTIALS: Record<string, string> = {
  "aws-session": "AWS session",
  "access-key": "AWS access key",
  jwt: "JWT",
  x509: "X.509 certificate",
  "vault-token": "Vault token",
  "api-key": "API key",
  "receipt-chain": "receipt chain",
  unknown: "credential",
};

export function kindName(kind: string): string {
  return CREDENTIALS[kind] ?? kind;
}
