package dev.alts.cli.command;

import picocli.CommandLine.Command;

/** Certificates for tokens of OIDC issuers: whose. */
@Command(
    name = "exchange",
    description = "Certificates for tokens of OIDC issuers, for what has no agent.",
    synopsisSubcommandLabel = "COMMAND")
public final class ExchangeCommand {}
