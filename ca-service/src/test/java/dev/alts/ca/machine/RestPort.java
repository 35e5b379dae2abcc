package dev.alts.ca.machine;

import dev.alts.testing.TrustsAnyone;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;

/** What a stranger sees of a CA process over HTTP: its admin port and whether it is ready. */
record RestPort(HttpClient http, URI admin, URI operations) {
  static RestPort of(CaProcess ca) throws IOException, GeneralSecurityException {
    return new RestPort(
        HttpClient.newBuilder().sslContext(TrustsAnyone.client()).build(),
        URI.create("https://" + ca.adminAddress()),
        URI.create("http://127.0.0.1:" + ca.operationsPort()));
  }

  HttpResponse<String> trustDocument() throws IOException, InterruptedException {
    return get(admin.resolve("/v1/trust-document"));
  }

  int readiness() throws IOException, InterruptedException {
    return get(operations.resolve("/readyz")).statusCode();
  }

  private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
