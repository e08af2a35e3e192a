import { canonicalJson } from '../sdk/canonical.ts';
import { sha256 } from './chain.ts';

/** The convenience card of a post as somebody publishes it. */
export interface PostCard {
  readonly post: string;
  /** The holder whose name and telephone it shows; without them it is for whoever holds the post. */
  readonly holder?: string;
  readonly showsName: boolean;
  readonly telephone?: string;
  readonly services: readonly string[];
  readonly languages: readonly string[];
}

/** What the organisation's chain keeps of a published card: nothing that leads to a person. */
export interface PublishedCard extends Pick<PostCard, 'post' | 'showsName' | 'services' | 'languages'> {
  readonly revision: number;
  /** {@link personalHashOf} */
  readonly personal: string;
}

/** The hash of a card's personal parts. The salt lies beside them and goes with them: afterwards the hash says nothing. */
export function personalHashOf(salt: string, { holder, telephone }: Pick<PostCard, 'holder' | 'telephone'>): string {
  return sha256(`${salt}${canonicalJson({ holder: holder ?? null, telephone: telephone ?? null })}`);
}
