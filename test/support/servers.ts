/** A program that tests start, and how each package manager calls it. */
export interface Server {
  /** What is looked for on the PATH; the first that is there is used. */
  readonly commands: readonly [string, ...string[]];
  /** Package manager → package. */
  readonly packages: Readonly<Record<PackageManager, string>>;
}

export type PackageManager = "apt-get" | "dnf" | "apk" | "pacman" | "zypper" | "brew";

/** Every server that tests need: `npm run setup` installs these, `missing()` looks for them. */
export const servers = {
  redis: {
    commands: ["redis-server"],
    packages: {
      "apt-get": "redis-server",
      dnf: "redis",
      apk: "redis",
      pacman: "redis",
      zypper: "redis",
      brew: "redis",
    },
  },
  // No server: sets the clock of one.
  faketime: {
    commands: ["faketime"],
    packages: {
      "apt-get": "faketime",
      dnf: "libfaketime",
      apk: "libfaketime",
      pacman: "libfaketime",
      zypper: "libfaketime",
      brew: "libfaketime",
    },
  },
} as const satisfies Record<string, Server>;

export type ServerName = keyof typeof servers;
