export interface Profile {
  readonly bio: string;
}

/** Talks to the profile service. */
export class ProfileClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  request(email: string, signal: AbortSignal): Promise<Response> {
    return fetch(`${this.#url}/profiles/${encodeURIComponent(email)}`, { signal });
  }

  static async read(response: Response): Promise<Profile> {
    if (!response.ok) throw new Error(`The profile service answered ${response.status}`);
    return (await response.json()) as Profile;
  }
}
