/** A program that tests start, and how each package manager calls it. */
export interface Server {
  /** What is looked for on the PATH; the first that is there is used. */
  readonly commands: readonly [string, ...string[]];
  /** Folders beside those of the PATH, as patterns: systems that have several versions put none of them there. */
  readonly folders?: readonly string[];
  /** Package manager → packages. */
  readonly packages: Readonly<Partial<Record<PackageManager, readonly string[]>>>;
  /** What to run it with to see that it has all it needs: it then ends with 0. */
  readonly probe?: readonly string[];
  /** What is tested without it, and what to do where a package manager does not have it. */
  readonly otherwise?: string;
}

export type PackageManager = "apt-get" | "dnf" | "apk" | "pacman" | "zypper" | "brew";

/** Every server that tests need: `npm run setup` installs these, `missing()` looks for them. */
export const servers = {
  redis: {
    commands: ["redis-server"],
    packages: {
      "apt-get": ["redis-server"],
      dnf: ["redis"],
      apk: ["redis"],
      pacman: ["redis"],
      zypper: ["redis"],
      brew: ["redis"],
    },
  },
  // What deadlocks are made in, of which test/job/errors/libraries tells the kind.
  postgres: {
    commands: ["postgres"],
    folders: ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"],
    packages: {
      "apt-get": ["postgresql"],
      dnf: ["postgresql-server"],
      apk: ["postgresql"],
      pacman: ["postgresql"],
      zypper: ["postgresql-server"],
      brew: ["postgresql"],
    },
  },
  // A pooler in front of Postgres.
  pgbouncer: {
    commands: ["pgbouncer"],
    folders: ["/usr/sbin"],
    packages: {
      "apt-get": ["pgbouncer"],
      dnf: ["pgbouncer"],
      apk: ["pgbouncer"],
      zypper: ["pgbouncer"],
      brew: ["pgbouncer"],
    },
    otherwise: "Postgres was tested without a pooler",
  },
  // No server: sets the clock of one.
  faketime: {
    commands: ["faketime"],
    packages: {
      "apt-get": ["faketime"],
      dnf: ["libfaketime"],
      apk: ["libfaketime"],
      pacman: ["libfaketime"],
      zypper: ["libfaketime"],
      brew: ["libfaketime"],
    },
  },
  // Shells, which complete what is typed.
  zsh: {
    commands: ["zsh"],
    packages: {
      "apt-get": ["zsh"],
      dnf: ["zsh"],
      apk: ["zsh"],
      pacman: ["zsh"],
      zypper: ["zsh"],
      brew: ["zsh"],
    },
  },
  fish: {
    commands: ["fish"],
    packages: {
      "apt-get": ["fish"],
      dnf: ["fish"],
      apk: ["fish"],
      pacman: ["fish"],
      zypper: ["fish"],
      brew: ["fish"],
    },
  },
  // A browser, in which the dashboard's pages are looked at.
  chromium: {
    commands: ["chromium", "chromium-browser", "google-chrome"],
    packages: {
      "apt-get": ["chromium"],
      dnf: ["chromium"],
      apk: ["chromium"],
      pacman: ["chromium"],
      zypper: ["chromium"],
    },
    otherwise: "The dashboard was tested without a browser",
  },
  // Sidekiq and Active Job, which test/interop runs beside this library.
  ruby: {
    commands: ["ruby"],
    packages: {
      "apt-get": [
        "ruby",
        "ruby-sidekiq",
        "ruby-sidekiq-cron",
        "ruby-activejob",
        "ruby-globalid",
        "tzdata",
      ],
    },
    probe: ["-rsidekiq", "-ractive_job", "-rglobal_id", "-rrack", "-e", "exit"],
    otherwise:
      "Ruby's formats were tested on the recordings in test/fixtures/wire, and not with Ruby itself. " +
      'Where no package has its libraries: "gem install sidekiq activejob rack-session"',
  },
} as const satisfies Record<string, Server>;

export type ServerName = keyof typeof servers;
