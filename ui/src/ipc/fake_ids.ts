/** Names that the made-up story of the fake backend uses in several places. */

export const JTI = "jti:7f0c91d4-2b6e-4c1a-9a57-0e3b5f8d6c21";
export const STS = "aws:ASIA5FQK2XN3YH4RRB7N";
export const PROD = "aws:ASIA4MZC7PLQ2V9DT6YA";
export const K8S = "k8s:3c9b0d52-7d14-4e0f-93a6-0c2f61b8a71e";
export const LOGIN = "bao:8a41c2d7e05b4f31a9d2f09d";
export const CHILD = "bao:c07e1f03a2574fb0a4c952b8";
export const ORPHAN = "bao:e91a44b70f0d4d5c8f0207cc";
export const at = (time: string) => `2026-06-12T${time.includes(".") ? time.padEnd(15, "0") : `${time}.000000`}Z`;
