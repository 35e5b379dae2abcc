/**
 * Rules made of SPIRE's entries: few instead of many, and exactly what the entries granted (ADR
 * 0030).
 *
 * <p>Start reading at {@link dev.alts.cli.spire.rules.RuleImport}. Knows the facts' names and the
 * limits of conditions, but no CA: what it writes is a rule file like any other.
 */
@NullMarked
package dev.alts.cli.spire.rules;

import org.jspecify.annotations.NullMarked;
