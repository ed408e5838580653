/** Result types of RFC 8460 §4.3 that a sender can meet. */
export type FailureType =
  | 'starttls-not-supported'
  | 'certificate-host-mismatch'
  | 'certificate-expired'
  | 'certificate-not-trusted'
  | 'validation-failure'
  | 'dnssec-invalid'
  | 'sts-policy-fetch-error'
  | 'sts-policy-invalid'
  | 'sts-webpki-invalid';

/** How one session's TLS went, for the report to the domain. */
export interface TlsResult {
  domain: string;
  policyType: 'tlsa' | 'sts' | 'no-policy-found';
  policy: string[];
  /** Absent = success. */
  failure?: FailureType;
  reason?: string;
  mx: string;
  receivingIp: string;
  sendingIp: string;
}
