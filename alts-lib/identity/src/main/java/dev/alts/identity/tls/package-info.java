/** The same verification for TLS ports, where peers show X509-SVIDs directly. */
@NullMarked
package dev.alts.identity.tls;

import org.jspecify.annotations.NullMarked;
