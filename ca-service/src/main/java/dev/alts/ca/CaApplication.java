package dev.alts.ca;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the certificate authority. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class CaApplication {
  public static void main(String[] arguments) {
    SpringApplication.run(CaApplication.class, arguments);
  }
}
