/**
 * Fetches public documents that other parties keep at URLs which an admin named: key sets, bundles.
 *
 * <p>It decides where a connection may go and how much may come back: HTTPS only, the name resolved
 * once and every address of it judged, no redirect followed, no proxy, size and total time bounded.
 * It never reads what it fetched and sends no secret. Start reading at {@link
 * dev.alts.ca.fetch.HttpsFetcher}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package dev.alts.ca.fetch;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
