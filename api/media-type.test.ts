import { describe, expect, it } from 'vitest';
import { mediaTypeOf } from './media-type.ts';

const latin = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const utf8 = (text: string) => new TextEncoder().encode(text);

describe('mediaTypeOf', () => {
  it.each([
    ['jpeg', latin('\xff\xd8\xff\xe0\x00\x10JFIF'), 'photo', 'image/jpeg'],
    ['png', latin('\x89PNG\r\n\x1a\n\x00\x00'), 'photo', 'image/png'],
    ['gif', latin('GIF89a\x01'), 'photo', 'image/gif'],
    ['webp', latin('RIFF\x10\x00\x00\x00WEBPVP8 '), 'photo', 'image/webp'],
    ['pdf', latin('%PDF-1.7\n%\xe2\xe3'), 'file', 'application/pdf'],
    ['wav', latin('RIFF\x10\x00\x00\x00WAVEfmt '), 'file', 'audio/wav'],
    ['mp3', latin('ID3\x04\x00'), 'file', 'audio/mpeg'],
    ['mp3 without tag', latin('\xff\xfb\x90\x00'), 'file', 'audio/mpeg'],
    ['aac', latin('\xff\xf1\x50\x80'), 'file', 'audio/aac'],
    ['amr', latin('#!AMR\n'), 'file', 'audio/amr'],
    ['ogg', latin('OggS\x00\x02'), 'file', 'audio/ogg'],
    ['m4a', latin('\x00\x00\x00\x20ftypM4A '), 'file', 'audio/mp4'],
    ['mp4', latin('\x00\x00\x00\x20ftypisom'), 'file', 'video/mp4'],
    ['mov', latin('\x00\x00\x00\x14ftypqt  '), 'file', 'video/quicktime'],
    ['3gp', latin('\x00\x00\x00\x14ftyp3gp4'), 'file', 'video/3gpp'],
    ['webm', latin('\x1a\x45\xdf\xa3\x01'), 'file', 'video/webm'],
    ['text', utf8('出摊记录\n钥匙链 3 个'), 'file', 'text/plain; charset=utf-8'],
  ])('%s', (_, bytes, kind, mediaType) => {
    expect(mediaTypeOf(bytes)).toMatchObject({ kind, mediaType });
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['svg', utf8('<svg onload="alert(1)">')],
    ['html', utf8('  <!DOCTYPE html><script>alert(1)</script>')],
    ['xml', utf8('<?xml version="1.0"?><svg/>')],
    ['a program', latin('\x7fELF\x02\x01')],
    ['zip', latin('PK\x03\x04')],
    ['RIFF that is neither', latin('RIFF\x10\x00\x00\x00AVI LIST')],
    ['a container of another kind', latin('\x00\x00\x00\x14ftypheic')],
    ['text with NUL', utf8('a\0b')],
    ['a frame of layer II', latin('\xff\xfd\x90\x00')],
    ['text in UTF-16', latin('\xff\xfea\x00')],
    ['not UTF-8', latin('\xb9\xab\xca\xbe')],
  ])('refuses %s', (_, bytes) => {
    expect(mediaTypeOf(bytes)).toBeUndefined();
  });
});
