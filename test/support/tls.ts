/** A certificate for the name `receiver.test` alone, signed by itself and valid for a hundred years. For tests of TLS. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBoTCCAUegAwIBAgIUCtgw8ajJB3INLBO7imiwcY7toDowCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcmVjZWl2ZXIudGVzdDAgFw0yNjExMjIxMDEzMjhaGA8yMTI2
MTAyOTEwMTMyOFowGDEWMBQGA1UEAwwNcmVjZWl2ZXIudGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABBBc3KNPMWM6NUPp8EDWrdJxdjDQlEbO+9BxGIYQbz/W
9eYhOpiI3/g4XK0uJGMinM6xgBuUAtQxsDVGDmkhWICjbTBrMB0GA1UdDgQWBBSL
sW51rw+BNVC09f7HyjwzjGp/8zAfBgNVHSMEGDAWgBSLsW51rw+BNVC09f7Hyjwz
jGp/8zAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQRMA+CDXJlY2VpdmVyLnRlc3Qw
CgYIKoZIzj0EAwIDSAAwRQIhAPL8NXtEeZsc+n3zx/d7l3IVuO4fT1zlDNjZVuCV
yylGAiBt0kMtt+CGEWyNX14QqmIc4s2u8r/Zj/UaDeusUhV8pw==
-----END CERTIFICATE-----
`;

/** Its key. It guards nothing: both are public. */
export const certificateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgL4NgmDTJnihHlLqC
8et/QB6djSWwvAxmNGqJ61yPZVihRANCAAQQXNyjTzFjOjVD6fBA1q3ScXYw0JRG
zvvQcRiGEG8/1vXmITqYiN/4OFytLiRjIpzOsYAblALUMbA1Rg5pIViA
-----END PRIVATE KEY-----
`;
