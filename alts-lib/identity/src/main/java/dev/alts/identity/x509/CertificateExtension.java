package dev.alts.identity.x509;

import dev.alts.identity.Bytes;

/** One extension of a certificate: its value as in the OCTET STRING. */
record CertificateExtension(boolean critical, Bytes value) {}
