#!/usr/bin/env python3
"""sample_images.py FOLDER: writes small images of every kind that cludi reads, and broken ones. Nothing but Python is needed.

good/     40 x 24, all of the same motif
upright/  37 x 37 TIFFs whose pixels differ and whose EXIF orientation makes them the same picture, 1..8
broken/   what must be refused, each in its own way
"""
import base64, os, struct, sys, zlib

# Made with Pillow; the rest is made here.
ENCODED = {
    "rgb.jpg": (
        '|JeWF01!$>Nk#wx0RR9200961|JwjV01XKW3knDg3knMk4h;_zAQcl55)&sJ9v2`kDKRiEDJ?8BI!Zn>HbyrrEkIX6ModmpQ&KWMT47pHU`kO^'
        'PygEhLjevB4iga*CKVMXPc<zyPft%zPft%zPft%zPft%zPft%zPft%zPft%zPft%zPft%zPft%zPft%zPft%zPf!2A01*fP7yu{(0U`hb5di}c'
        '0sq7R9{>OW1pxs80RaI300000000010s{mE1_uZU3Jd?l0JRVR0s#X90t5pE1q1{D00Dgg0s{a95d{(<F+m0sQDFxnaTGFvk)a49Lb1UWQqk}v'
        'Gh%Xr2?`b$7#SKRCMPH<Dl|1VH#j*uLqtVJM@UIZQ&d$}S6EqEV`OD!XJ~0^b98lfcX)YvgM@{Khlq)al9QB`mY0~BnxdnmrKYE-sj9NGw6(Uk'
        'xVgH*!^FkL$H>Xb($mz{*4NnC+Tr5k<mKk)=;`Y5^7Hid_V@Vt`v1fL9{~UZ0RaI40RaI40RR91000010s{mE1_uZU3Jd?l0JRYS0s#U91Oo&I'
        '1q1{D0Rndb0RjUN1O*{61`<J02Vrp&A~Jyp6he`qvB3!=Gg9ysVsg<679=#`CGi&+85$-hC@Cs6Ha9pqIzvQ7Mn_0VN>fx-'
        'R##YAT4Q8oW@l(=YIAgTc6WGrdV+(5g@%WSiHeewl$Dm3n3<ZQqok##r>Lo_va__cwzs&sy28W6#m2|T$;#5x)YaD4*xB0R<K*S$=jiF`^7Hid'
        '_V@Vt`v2Mh3<CiG0ucid06zfWqqNUzwH=qWYC~zB)u9cSwM_->PI@@Y7}3~!Rk-'
        'y30QPHOTdZdra^96ZcCtUW(~8<_4+qP;?2l&;jBlxwns5Uw0Q%8evDl(xb_ErSl{D<*73%*0;g4dTG23#jy{2)+Ul!h43=f#}qKf39R#3vqaeC'
        '?aw2#Xu)RU4Yx3S|SRg|}8I6;By-ij(F-8Be9OYhwFu=Qm1EJtRE!5MEsMHE*Ys?IZ%A)-#(FV^R=PNca{|Je'
    ),
    "cmyk.jpg": (
        '|JeWT01iQ9Z(?NtWB>pF0095n07C!}3k(hn3J?wr4iXU%6BsBO7#0>7F(V}%C^|DeJUKHsH$X^SPC!IgMK?H5ZBbWWVrOV)K233XaAbH~WoKjm'
        'zyK5o02lx$1Va%3O%VWD5dcdO0RO}Q9{>OW1pxs80RaI300000000010s{mE1_uZU3Jd?l0JRVR0s#X90t5pE1q1{D00Dgg0s{a95d{(<F+m0s'
        'QDFxnaTGFvk)a49Lb1UWQqk}vGh%Xr2?`b$7#SKRCMPH<Dl|1VH#j*uLqtVJM@UIZQ&d$}S6EqEV`OD!XJ~0^b98lfcX)YvgM@{Khlq)al9QB`'
        'mY0~BnxdnmrKYE-sj9NGw6(UkxVgH*!^FkL$H>Xb($mz{*4NnC+Tr5k<mKk)=;`Y5^7Hid_V@Vt`v2Mh4g^C0O#oQ{O8@{r0OD<XS0VNfYT;pv'
        'eR>6KTK1#t9@TmsJAd%eTNb^j`v<jNhe6-'
        '`6jsfzYCgg3SE2B({{Z=C`cYdJy{P*KwOEtFme$dUF5V~*ouQ>*pr1^ir4{4Wy{oAE2eos0WLxn?Y+ClC>>kzEX_|KYe6&`@uWCNQ?N>DoO3Ou'
        '%Tlp<@cYsVtKnv6F9^7&U58;q#t(#udeS_MwR^wdM*k<9a(;$Sl9$q-dQS*KT(OVY1sQU-'
        'CAK1EPnXq5a98B24V6zd=J3uEK9(qw;J!{&!pRjvYFNfmawu;!b?MK)>tE|;8-$m16`!HX%+>)`D8QK8lx?tlYgX`Y}QCk+hsQU-'
        'CX6Sk<EPiC0Q4nrsV}PJ_B+*+oy{P*KwMhD%)$Gk}qz@w3?)lq)c>O^mKXh})elwBMirBU7N7y~8F>R-4&E&|9J=g&G5ssMzjmMzv>UjqgSO3`'
    ),
    "grey.jpg": (
        '|JeWF01!$>Nk#wx0RR9200961|JwjV01XKW3knDg3knMk4h;_zAQcl55)&sJ9v2`kDKRiEDJ?8BI!Zn>HbyrrEkIX6ModmpQ&KWMT47pHU`kO^'
        'PyfIG3kU!h04M<g5di<h03QGV0R;g80RaI400000000000RjUA1qKHQ2?`7U!~nGr00IF60|EpC1qB2I0004f0RjU61Q7)iAu&M)6H#FYB5@Ql'
        'fsvsIBSNvk6;jdgBr{@if(Z&17Z@2DB_<~*DJnEIHa9pqIzvQ7Mn_0VN>fx-'
        'R##YAT4Q8oW@l(=YIAgTc6WGrdV_?8hKGoWijtF*m6n&7nVO=bq@|{(sHv*5v$VCgx45~w!o$SH#>dFX%F@%+)z;V8+1laa<K*S$=jiF`@$&QZ'
        '_4fDp`TGCb00;pA002J#;G?w9YPB7gwOfwE+O5Z@{{XXAlTH9-'
        'fFD|?4W@fmgf?E)Xj`mj8*<*2Ja)1_x6_KT9f~G5U{zatOyi2aExfcCA2I1u+t~4vD#}~493a5;?^YwTMBt3Kps)Yg'
    ),
    "rgb.webp": (
        'Qb|TevH$=8S4BclR!}%hr2qf`FDJkS011E~2K+Bui0FUXLM)ifAG$M!@<;z8IIwNoND|}gzvH{L=l*mITuG8_+S!}e*4MLb!~_uNsvEfK&mz7I'
        'm(xfAHana{0<c3kM*&vIrzpS%?F<Q6p&y}Qf|_iGjwM=JaGzm=nh!8j(zC&FMaL$i0xt|vu|!G;&Ik(<CP*n*Af+jCT6PF2!9Sy5l`wF^nh3mr'
        'EN0|_H62F)000'
    ),
    "animated.webp": (
        'Qb|Te2m$~AS4BclR!}%t3IG5A0ssI22LJ#E002QwNlgX-'
        '0000000000K~7CZ>Hq)$00000000L700#g700002R!}%h(EtDdF9*N@0RKUdZJPtQ!m=scAlt~X3cSJHz0(K)5anH?OT#6(TXXm9mN+K(B{-'
        't%0!%=)=#5BYfccLd6qw+I5k|ORfP3!12uB=o#EAl;{}42yCmor{AYZuoCSVgM`ADRhyusqzK~!R7C6#C?0pc4$R_e5(A2s9zcmFdqMN3oa(o<'
        'fL@Tf4B5B(`b2dTgj7z6-7G@5POwvCAX2S5l$Pz(o1ie^}jCqzkBR81F5%XVDPH^L}R(ku_ks&3k@FUDzJ)@>io>wezvKL9~aO-AYf00000000'
        '002LJ#E000000034{I84z1001uszySdNL6B{m1GvJnDcm62$gv8%!QH*n2mlb}U876GCAnL3_w1H9Cio>dqU!=oK(*+NNMnHcj~x`4;DixIxL|'
        ';L?!X8~9C5^n0;2yAG@>URnaChtxcMev6DRpdq?x?I;@d$~Vq_(iXej~W8$nj;w4xt1<OFyBGc-'
        'j@Q|i)FUXbvpFqRMfDMSaUz!4Y(06;XFZQHhui2ldF_qnh0__uYLr*YW3wyCSK=(9A5qcF%l*Rd_r@HJJDB~j2hmZ2$<;4u_|ArJrn'
    ),
    "animated.gif": (
        'M@dFFH(>|>2mprw0KmR|b-s2gzH*{-'
        'hbnVXz$k5XC{HRV8~^|S000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '0000000000000000000000000000000000000000000000000000000000000000004x9i000O82mk;GGXM_=JYc{;fdT^y9z=M6fPn!J5fUH('
        'aX^6q69rU+NI-yq009O70O0XsfRQ9Uf<ze*04x9i000O82mpt`zI}DRb}GJdqH~8Tb5X!3ZFMM5DkvNP000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
        '00000000000000000008F#rJw3=lwoL4g1W8WbRKfI<NT21t|$F=By<1PC0sDA9n%jRguAFmRw`$dM&W1_S^*'
    ),
}


def png(width, height, depth, colour, rows, extra=b"", declared=None):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    size = declared or (width, height)
    head = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def tiff(width, height, bands, photometric, data, bits=8, orientation=1, more=()):
    """One strip, not packed, little-endian."""
    bits_at, data_at = 8, 8 + 2 * bands
    tags = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, bands, bits_at if bands > 2 else bits * (1 + 65536 * (bands == 2))),
            (259, 3, 1, 1), (262, 3, 1, photometric), (273, 4, 1, data_at), (274, 3, 1, orientation), (277, 3, 1, bands),
            (278, 3, 1, height), (279, 4, 1, len(data)), (284, 3, 1, 1), *more]
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags)) + b"\0\0\0\0"
    return b"II*\0" + struct.pack("<I", data_at + len(data)) + struct.pack("<H", bits) * bands + data + directory


def motif(x, y):
    return x * 6 % 256, y * 10 % 256, x * y % 256


def with_orientation(jpeg, value):
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHH", 274, 3, 1, value, 0) + b"\0\0\0\0"
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def stored(x, y, last, orientation):
    """Where the pixel (x, y) of the upright square is in the file."""
    if orientation >= 5:
        x, y = y, x
    if orientation in (2, 3, 7, 8):
        x = last - x
    if orientation in (3, 4, 6, 7):
        y = last - y
    return x, y


def upright(orientation, side=37):
    pixels = {stored(x, y, side - 1, orientation): motif(x, y) for y in range(side) for x in range(side)}
    data = b"".join(bytes(pixels[x, y]) for y in range(side) for x in range(side))
    return tiff(side, side, 3, 2, data, orientation=orientation)


def good(width=40, height=24):
    rgb = [[motif(x, y) for x in range(width)] for y in range(height)]
    grey = [[(r + g + b) // 3 for r, g, b in row] for row in rgb]
    flat = lambda rows: b"".join(bytes(v for pixel in row for v in pixel) for row in rows)
    wide = lambda row: b"".join(struct.pack(">H", 257 * v) for pixel in row for v in pixel)
    palette = bytes(v for i in range(256) for v in motif(i % 40, i // 40))
    chunk = struct.pack(">I", 768) + b"PLTE" + palette + struct.pack(">I", zlib.crc32(b"PLTE" + palette))
    files = {name: base64.b85decode(text) for name, text in ENCODED.items()}
    files["rgb.png"] = png(width, height, 8, 2, [flat([row]) for row in rgb])
    files["rgb16.png"] = png(width, height, 16, 2, [wide(row) for row in rgb])
    files["alpha.png"] = png(width, height, 8, 6, [bytes(v for i, p in enumerate(row) for v in (*p, i)) for row in rgb])
    files["alpha16.png"] = png(width, height, 16, 6, [wide([(*p, i) for i, p in enumerate(row)]) for row in rgb])
    files["grey.png"] = png(width, height, 8, 0, [bytes(row) for row in grey])
    files["grey16.png"] = png(width, height, 16, 0, [wide([(v,) for v in row]) for row in grey])
    files["grey_alpha.png"] = png(width, height, 8, 4, [bytes(v for i, p in enumerate(row) for v in (p, i)) for row in grey])
    files["palette.png"] = png(width, 6, 8, 3, [bytes(range(40 * y, 40 * y + 40)) for y in range(6)], chunk)
    files["bits.png"] = png(width, height, 1, 0, [bytes((y * 37 + x) % 256 for x in range(5)) for y in range(height)])
    files["rgb.tif"] = tiff(width, height, 3, 2, flat(rgb))
    files["grey.tiff"] = tiff(width, height, 1, 1, b"".join(bytes(row) for row in grey))
    files["cmyk.tif"] = tiff(width, height, 4, 5, b"".join(bytes((*p, x)) for row in rgb for x, p in enumerate(row)))
    files["turned.jpg"] = with_orientation(files["rgb.jpg"], 6)
    return files


def broken(whole):
    files = {"cut." + name.split(".")[1]: whole[name][: len(whole[name]) // 2]
             for name in ("rgb.jpg", "rgb.png", "rgb.webp", "rgb.tif", "animated.gif")}
    files["zero.jpg"] = b""
    files["text.jpg"] = b"not an image\n"
    files["start.jpg"] = whole["rgb.jpg"][:3]
    files["start.png"] = whole["rgb.png"][:8]
    files["huge.png"] = png(40, 1, 8, 2, [bytes(120)], declared=(50000, 50000))
    files["long.png"] = png(40, 1, 8, 2, [bytes(120)], declared=(70000, 1))
    files["empty.png"] = png(40, 1, 8, 2, [bytes(120)], declared=(0, 1))
    middle = len(whole["rgb.png"]) // 2
    files["flipped.png"] = whole["rgb.png"][:middle] + bytes([whole["rgb.png"][middle] ^ 255]) + whole["rgb.png"][middle + 1:]
    files["loop.tif"] = b"II*\0\x08\0\0\0\0\0\x08\0\0\0"
    files["vector.png"] = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>"
    files["document.jpg"] = b"%PDF-1.4\n%%EOF\n"
    return files


def write(folder, files):
    os.makedirs(folder, exist_ok=True)
    for name, content in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)


if __name__ == "__main__":
    kinds = good()
    write(os.path.join(sys.argv[1], "good"), kinds)
    write(os.path.join(sys.argv[1], "broken"), broken(kinds))
    write(os.path.join(sys.argv[1], "upright"), {f"{o}.tif": upright(o) for o in range(1, 9)})
