import { assets } from "../assets/assets.ts";
import type { Translate } from "../texts/texts.ts";
import type { Html } from "./html.ts";

interface PlainPageProps {
  t: Translate;
  language: string;
  nonce: string;
  publicPath: string;
  title: string;
  text: string;
}

/** A page that needs nothing of the store: why there is no other. */
export function PlainPage({ t, language, nonce, publicPath, title, text }: PlainPageProps): Html {
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <link rel="icon" href={assets.icon} />
        <link rel="stylesheet" nonce={nonce} href={`${publicPath}${assets.style}`} />
      </head>
      <body>
        <main id="main" class="plain">
          <h1>{title}</h1>
          <p>{text}</p>
          <p>
            <a href={`${publicPath}/`}>{t("To the overview")}</a>
          </p>
        </main>
      </body>
    </html>
  );
}
