/**
 * REST for humans and admins over TLS 1.3.
 *
 * <p>It decides nothing about identities: it authenticates the human, checks the role, writes the
 * audit log and calls the module that owns the matter. It never sees an entity or a private key.
 * Start reading at {@code dev.alts.ca.admin.web.AdminOperations}, the list of all operations.
 */
@NullMarked
@ApplicationModule
package dev.alts.ca.admin;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
