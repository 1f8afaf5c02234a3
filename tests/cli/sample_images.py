#!/usr/bin/env python3
"""sample_images.py FOLDER: writes small images of every kind that cludi reads, and broken ones. Nothing but Python is needed.

good/     40 x 24, all of the same motif
upright/  37 x 37 TIFFs whose pixels differ and whose EXIF orientation makes them the same picture, 1..8
broken/   what must be refused, each in its own way
bitmaps/  BMP of every kind; newer/ HEIC, AVIF, JPEG 2000 and JPEG XL; of the same motif
numbers/  TIFFs with numbers of every type, all of one motif
broken_newer/  what must be refused of all these
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
    "gray.jpg": (
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

# By libvips: what its loaders for HEIF, JPEG 2000 and JPEG XL read; the last two lose nothing.
NEWER = {
    "rgb.heic": (
        '0000SW^{RQXk}?*00000ZE0pPXk}?*ZE0a<0005yZDn*}000000000XXk=`10000000000aA{+7000000000000000000004sdC7Z2$lO00062'
        '000naWMOmw00000C;%7$002yBY;R)$0000)KmY>(0RR91000022><~A0000000Y+m0ssL3000000003100000000O80{{R300005-~a&t00000'
        '006!K002#CX>Mi!000000{{R36=`l}WdZ;I0RRC20BCk&F#rGn02OI&W@Q2Z00002003ulX=DHZ000$fZf0cy000310{{R;cxh$;0002lX>f9I'
        '0002DX>en20001YXm(>m0R#vD00000000009`FGC|M>U-01pEo0096OKmiN^|NjIC00093o;Uyi0{{RXx&lBU0096hLID8;2mk;B0G>Di00RI3'
        '9*_hOAhO+6(_GvL2pA9m00RIJ000935P%{80RRX@0l{+^Fc^>k000zeb8uw<00000002M$002M$000zeb8uw<00000001Ze000;O000nhX?SS>'
        '000032nYxO000_kaBX1#00000000620Rn*n00II7ga7~lC~0zKW&i*H000004rFO<X8-~K0RRC2000hSWOHKx0{{U40ssI6oo!@cbN~PY(<lM2'
        '1~LiiXNFLT0UzNTx}zEw8T;dxu=f*7vI~+peVZ>7l*P^YLa*oDHz@=vU=sA;n0}D`6xqF?V7Z5Rgk@vy^6?rHu;Jy|2THPjJccLo;CuBc8Kaz$'
        'N`(g+eW(Bh8HAWngU?7f$k115)o&wRNpQ3q(dc~w<v>X>+yI60rbs;T#AY9G@^#zYlF{r486}}F&s+ch(eL*VHK^_IF1>Kw%Bho|@4ssgzy}SW'
        '4S7|!<q|S3^vD1HKi*t>)J-{Y5q<@NcN)sFpuMK?g1J?Rx-YE6)vr75YFxN9>*}!1G!v|L_x2CO-u_EZAErrIBj?qq;QC`rO@YF~>YTGHN+5sk'
        '!^Y1ZnEGkP0VjGO>BBzJ+rA#J1d^Bmz<)_;7{ugb8--qxNN3woAK*P1=u#A?yp&8R=5>C8Y$z`h%c5p`wsBCGE8z$yb0{?ghh?J5|LZOXCxIA}'
        'E4Cv3BSZXBcq-Z-?`rb(z1K)69rRaI@BB@y?lYSt5?p4YjOcXuv?^hV&sN8-$JZ7zG4tuP+ZI(JvoWBBMSH<!-X{G?kT(9JYt*k$CNFp=_98TJ'
        'RDxGAm^1k0Bo%8e(mT469L1O&;PRFrBI5`#CQAmQR9g@rqe4im?v+7cAx-4d*n<0+yj?xNp9r<$b6-E7@)f^Gn7rIJm3Gy~xMM{%N6?k0YJggj'
        'B57V9+fa13Z756t5(+j{4v#o}gcNc|7~g<~iA_E0i%6LB3jtq}5mU9a8x5&)2;M~4QgJkTHrN8LO-SjO?g^<<NszN%`TJM|JW5Jm;@t(GdDa4K'
        'qsk`Vj3lmO!97%4aj+-|4fd2iOQ7v(b`_f8$>&g89UT!IL&pp?*3W`5ARiFKd2y=@&sSeaIgt@uXv}1V$0Oe>SV%vL_nmcRUh`C1+lsRHVLCG+'
        'E=jaf(!AXXeu*l%xf$v$E(MB0wh-jn6zWVduEurZxbJ;OqRa#Bx^CtV;)Q6tcO3F$QzL%-GKgplgk)}q)vr%|fAI1RMf%&B13H3g*}{csvYhoj'
        '|3kUcD`5qGEIJ6p>xS(J2a&KmhxH1eZxFVUK2oL^ncrb-ba>5F+F)zmnZk#D`_<NEzq2f!*Oee!bVne+WbbvbTe`$ut-~*{nZO6G`L`1r1u=pO'
        'br;Y7!twA)kbZ!%GyC;6l0B+@YEXb>m*IOtfn7_3G$@{HFkn|sN5RIjFmFah3Y0Bs7;@h8@owef4?xyU2OF+RJO~p!Lc|gqgCp*={0p(iUM&k6'
        'VNiUxg^>!d00006MR;ju002ozDgX!o000I65&;7M0RR910RR918UY0W0RR91RsaA18vz9X0RR91UH||9C;<Zi0RR910ssI269NMO0RR910RR91'
        'X@>*=0RR91W&i*H00000FBt&<=mP)%FBt&<=mP)%1^@t%2LJ>B001yDF)#s<2LJ>B000330{{S^2LJ>B001yCFfak20{{U4009600007@1ONd5'
        '001Ze000A^1ONd5000;O00000000'
    ),
    "rgb.avif": (
        '0000SW^{RQVRmU|00000VRmU|ZE0pPZE0a<0003iZDn*}000000000XXk=`10000000000aA{+7000000000000000000004sdC7Z2$lO00031'
        '001;;Y;R)#0000)KmY;&0RR9100B<`0RR9100002hyVfr00003*8l+k00000006!K001~?X>Mi!000000ssI26=`l}WdZ;I000310AY48F#rGn'
        '02OI&W@Q2Z00963002dJX=VTb003%faB^?}002vAaAR)(000wXZ)|dIV{CW;0ssO427mwn01RPvF++hM0ssI202FC+aAg1h0000004M+e02lxO'
        '01$9#cxeCt0009B2nYZG02gU+ZD9Za00000009621c8DBga7~l8fkK6W&i*H000004r63<V*mmG0RRC200T~KWMOm?0162>6(_q05D+wgGWY}$'
        'fB*nc@m$C8GJu<z|G$VN-iX?YpBBrCjWhMzqrNr^J<#QF8iuHn2lG1Th9U3IXtRHr7Ei0ti;}BEFJh)Oe3_ayZwMXIJ#*n7#6e{e(Ov^(dX;V0'
        '+e7swnf6}R4Sln`&M4LVEk9$voJ+P@T+r6=QUH5)$Z8fL^lJE{2WbZTDyyQ8^<AVNo7s{tOA*pizssF2?^TAdesE?v7=Z69%F7+w8F}1KfSbLy'
        'xOX&{eDXNheTWR%fKUpv$hRcz5I=%G^omIRb+zI8ek7b{QKsgQ8QZQqO`+2>$-`M9$_-yZ{Tk`|Nqdmdzq#e9BXm-80yp<nN%3SF^sl?Alqn`3'
        'Qh|`^W+k_#Wj1i-6T4)%=5VgE5EVvzuul9U8mT?C>W%mPc?~!d*~Sqfq3}jp0Eo^X5Stk^`bj!d{R&db$tPm#aGjK>c$@L^`eK0I-q?7BDg;3C'
        'WLYyYRa6srGo_jU?B(8f0N&gK=DuZa$P(OE=0ju~i$)22>(Q!Sc1dWwB%s;_c3-^vo5=LLyUo05*w*?W4*Wsxjw&JHo#>9Zt4ZIwO%l)gc1%B;'
        'B;So0N6vuyCUlRv&&dOH5RV>Wq~I$`KO<IH-IfD#QS+#*gX@Z19f(Aljsu;_h1q2t!9Hi%0;Q^xg63L4m;v_tCD|Pv@hTT+VaAmJHt6P8Ab;0I'
        'ttmqnc?FF=SLZ1oQN>GrEmLTlK;W34BlT*xIOnDk$}6WNyjBLY_#02qv&0{vtU5PB37D-_z-Z?E_><AtnJ2Cb#!6XG%QRMpo8+_ySts_ALKOjv'
        '_uM&N*HlHTWLH0<Jp&j3000I>cxh$;07*$I00;m800saO0RsR5000010000Q0R;d7000110000R0R;d7000190000e0RsR5000020000J0s{a6'
        '000010001KhXeot0001H000000000l836$30{{Ro836$30{{R90058&00aO405CE!FaePV00aO4009C6005u|00aO405CByFae+g009610RR60'
        '00N){0096104M+e00W=|0096102lxO0000000'
    ),
    "rgb.jp2": (
        '0000CYEU2`4GM<}0000KW^{RQYH%_j00000YH%_j0000jYH%`W0000MX=r3}0000O0000e00RdH0000001sntY;pkr000005C8xIfogCvWB*V8'
        'Q2;Lh00000C;$Ke7ytkO0000000000C;$Ke7ytkO000000009A0RaaA0S5sA|55-90000100aaC00IA801!YxNJvmfNKi;fP)JBn|6~9q00BdC'
        'Wnpw>WFTUBAWv{*Zc0!^M<8}(a&u{KZXhx)H7+p!kN^q*00001{Qv>~liz?a2_~&Mk+<J~I0mZEP>f<n-+(v=p%(rN!w0}R5Do*NJ`jKi@5AZ^'
        'kF*jWXc!6He*~8btC_zFZq>o_ga9H?c)y|b0)Py_KWL7}+8sXt===l#6Kk2;71XYz<-x8c=YJnyqt*R}9(<0=V<@G37m4yW)G{SddHdBW^4A9E'
        '!1)4zK;T3HKcM--07}pA&(FY?eg$#(7XW1!0O`|O$<h`%L}Ov=t&or){WWv?ufKI)u)4;!aq<}W8Y3<!`)joAyE4q;_$brg;<)~p`I#_PH>wy='
        'nE+tU%nnV_ldmjl330LYMK423QuIm?@y^dzu_jc4&(XSoCkbHDr*n{jo{E}dq%QUBB|J=R6CsekepH2jz<eSAbS>X6pnQTrl_)9RuY;5W2hYI@'
        'ehG8)Dx7j$hTy!k+BfPU(`|=f%`otjpT;pXp39TWg)shI{v+eg2@BtYl=LRqR<Ce|^wDSOszMEaW==JXw6#a^f&YJN(jVt+l+sl~yoP-Oe|4s5'
        'lcu)5w?lsC9eVVmZJssW_7;>_Jv=C1>QC0{xco&G@J^yYkOtKa-SoLS5c5H90(Y$k42jtj|9_y%`+vyMy8?JdV&-;*nIl_0fSzUt6h}bAt+JW?'
        's-YMEfB%2~fB$=z|Je'
    ),
    "rgb.jxl": (
        '{|W^Nhy(}%0RVUhOE^G=_o>hwwL#NeCSgzwUN`u?!EF*Gh!7z{f(Q{%s0ep&ImK{~L?Vb7DMTVh9AXS(j4_50^n@^s!GYLe-evrUKm$mN!8(kJ'
        'VT{2LHpGY+M#n})#*2~^W3V{J7>j!h&Oi*r7-V{n5iyLqi;6K`yo;rGJx4^xi+7BT7lRoWgJo|c04P8RFaVI4Z=n<L|4;va|36Xxe~u_ct)|W`'
        'ri6!S=Uw6BnStGg1t3EOS<w)1T0Q`Jkg&XY7wMG_02p5QaNq=`2Q<IR1N;tt_gD_!Xy_AbPIK<?=@Md(x|39H02GhElgNLPB&q5KZ$)`$1r$k='
        'gchkV!|=ZBJGX6dWXeM2@i!;L^+%EgBap3h!1_ghuvl$NG2XWAARvfnXygSLM^I|p)D|S^#Wf~jk%S9QL<$ak#*O@V0kfY4rTWdCv<m=Gf(Crt'
        'm=7<e8c)Rgh{TVGh(MUjff7%;^Ob@rZC}_&L_|bjcK8Gb<~?Co_T!nEnVFfOJ5Fzbu>6V=5m9T=S_hN2<4etG%UX>pr$1F25M_vtshxOR$`uT9'
        '(!?w{2T?)j44?-j9{BJ8xo^M4-QEAcTYOOb2ZW3(=WxV;-I=Sw&*FALQ4X?GO$7'
    ),
}


def png(width, height, depth, color, rows, extra=b"", declared=None):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    size = declared or (width, height)
    head = struct.pack(">IIBBBBB", *size, depth, color, 0, 0, 0)
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


def bmp(width, height, bits, row, palette=b"", masks=b"", top_down=False, compression=None, declared=None):
    """row(y): the bytes of a row from the top, without what fills it up."""
    size = declared or (width, -height if top_down else height)
    kind = compression if compression is not None else 3 if masks else 0
    body = b"".join(row(y) + bytes(-len(row(y)) % 4) for y in (range(height) if top_down else reversed(range(height))))
    at = 14 + 40 + len(masks) + len(palette)
    info = struct.pack("<IiiHHIIiiII", 40, *size, 1, bits, kind, len(body), 0, 0, len(palette) // 4, 0)
    return b"BM" + struct.pack("<IHHI", at + len(body), 0, 0, at) + info + masks + palette + body


def core_bmp(width, height, row):
    """That of OS/2, of 24 bits."""
    body = b"".join(row(y) + bytes(-len(row(y)) % 4) for y in reversed(range(height)))
    return b"BM" + struct.pack("<IHHI", 26 + len(body), 0, 0, 26) + struct.pack("<IHHHH", 12, width, height, 1, 24) + body


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
    gray = [[(r + g + b) // 3 for r, g, b in row] for row in rgb]
    flat = lambda rows: b"".join(bytes(v for pixel in row for v in pixel) for row in rows)
    wide = lambda row: b"".join(struct.pack(">H", 257 * v) for pixel in row for v in pixel)
    palette = bytes(v for i in range(256) for v in motif(i % 40, i // 40))
    chunk = struct.pack(">I", 768) + b"PLTE" + palette + struct.pack(">I", zlib.crc32(b"PLTE" + palette))
    files = {name: base64.b85decode(text) for name, text in ENCODED.items()}
    files["rgb.png"] = png(width, height, 8, 2, [flat([row]) for row in rgb])
    files["rgb16.png"] = png(width, height, 16, 2, [wide(row) for row in rgb])
    files["alpha.png"] = png(width, height, 8, 6, [bytes(v for i, p in enumerate(row) for v in (*p, i)) for row in rgb])
    files["alpha16.png"] = png(width, height, 16, 6, [wide([(*p, i) for i, p in enumerate(row)]) for row in rgb])
    files["gray.png"] = png(width, height, 8, 0, [bytes(row) for row in gray])
    files["gray16.png"] = png(width, height, 16, 0, [wide([(v,) for v in row]) for row in gray])
    files["gray_alpha.png"] = png(width, height, 8, 4, [bytes(v for i, p in enumerate(row) for v in (p, i)) for row in gray])
    files["palette.png"] = png(width, 6, 8, 3, [bytes(range(40 * y, 40 * y + 40)) for y in range(6)], chunk)
    files["bits.png"] = png(width, height, 1, 0, [bytes((y * 37 + x) % 256 for x in range(5)) for y in range(height)])
    files["rgb.tif"] = tiff(width, height, 3, 2, flat(rgb))
    files["gray.tiff"] = tiff(width, height, 1, 1, b"".join(bytes(row) for row in gray))
    files["cmyk.tif"] = tiff(width, height, 4, 5, b"".join(bytes((*p, x)) for row in rgb for x, p in enumerate(row)))
    files["turned.jpg"] = with_orientation(files["rgb.jpg"], 6)
    return files


def numbers(width=40, height=24):
    """Gray and RGB of every type of number, which is scaled by its range: all of one motif, whose range is 0 to 1. Some with hot pixels."""
    gray = [(x * 7 + y * 13) % 101 / 100 for y in range(height) for x in range(width)]
    kinds = {"u8": ("B", 1, 255, 0), "i8": ("b", 2, 200, -100), "u12": ("H", 1, 4000, 0), "i16": ("h", 2, 6e4, -3e4),
             "u32": ("I", 1, 4e9, 0), "u32_small": ("I", 1, 200, 7), "i32": ("i", 2, 4e9, -2e9), "f01": ("f", 3, 1, 0),
             "f255": ("f", 3, 255, 0), "negative": ("f", 3, 2, -1), "large": ("f", 3, 3e38, -1e38), "small": ("f", 3, 1e-30, 0)}
    files = {}
    for name, (code, kind, factor, plus) in kinds.items():
        make = float if code == "f" else round
        data = struct.pack(f"<{len(gray)}{code}", *(make(v * factor + plus) for v in gray))
        files[name + ".tif"] = tiff(width, height, 1, 1, data, 8 * struct.calcsize(code), more=[(339, 3, 1, kind)])
    hot = {"u8_in_16": ("H", 1, 255, [65535]), "several": ("H", 1, 255, [65535, 4096, 60000, 900]), "u12": ("H", 1, 4095, [65535, 65535]),
           "i16": ("h", 2, 90, [32767, -32768]), "u32": ("I", 1, 1000, [4294967295, 99999]), "f01": ("f", 3, 1, [1e3, 7e4, -2e5, 3e38, 1e9])}
    for name, (code, kind, factor, others) in hot.items():
        make = float if code == "f" else round
        values = [*others, *(make(v * factor) for v in gray[len(others):])]
        files[f"hot_{name}.tif"] = tiff(width, height, 1, 1, struct.pack(f"<{len(gray)}{code}", *values), 8 * struct.calcsize(code), more=[(339, 3, 1, kind)])
    sixteen = [65535 if i % 320 == 5 else round(v * 255) for i, v in enumerate(gray)]
    files["hot_png.png"] = png(width, height, 16, 0, [struct.pack(f">{width}H", *sixteen[y * width : (y + 1) * width]) for y in range(height)])
    three = [v for p in gray for v in (p, p, p)]
    files["rgb_float.tif"] = tiff(width, height, 3, 2, struct.pack(f"<{len(three)}f", *three), 32, more=[(339, 3, 1, 3)])
    four = [v for p in gray for v in (p, p, p, 9.0)]
    files["alpha_float.tif"] = tiff(width, height, 4, 2, struct.pack(f"<{len(four)}f", *four), 32, more=[(339, 3, 1, 3)])
    return files


def bitmaps(width=40, height=24):
    rgb = [[motif(x, y) for x in range(width)] for y in range(height)]
    bgr = lambda y: bytes(v for pixel in rgb[y] for v in reversed(pixel))
    wide = lambda y: b"".join(bytes((b, g, r, 9)) for r, g, b in rgb[y])
    masked = lambda y: b"".join(struct.pack("<I", g << 16 | b << 8 | r) for r, g, b in rgb[y])
    colors = {p: i for i, p in enumerate(sorted({tuple(v & 0xC0 for v in p) for row in rgb for p in row}))}
    palette = b"".join(bytes((b, g, r, 0)) for r, g, b in colors)
    index = lambda y: bytes(colors[tuple(v & 0xC0 for v in p)] for p in rgb[y])
    bit = lambda y: bytes((y * 37 + x) % 256 for x in range(width // 8))
    black_and_white = b"\0\0\0\0\xff\xff\xff\0"
    nibbles = b"".join(bytes((v * 17, v * 17, v * 17, 0)) for v in range(16))
    high = lambda y: b"".join(struct.pack("<H", (r >> 3) << 11 | (g >> 2) << 5 | b >> 3) for r, g, b in rgb[y])
    return {
        "rgb.bmp": bmp(width, height, 24, bgr),
        "top_down.bmp": bmp(width, height, 24, bgr, top_down=True),
        "core.bmp": core_bmp(width, height, bgr),
        "wide.dib": bmp(width, height, 32, wide),
        "masked.bmp": bmp(width, height, 32, masked, masks=struct.pack("<III", 0xFF, 0xFF0000, 0xFF00)),
        "high.bmp": bmp(width, height, 16, high, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)),
        "palette.bmp": bmp(width, height, 8, index, palette),
        "nibbles.bmp": bmp(width, height, 4, lambda y: bytes((x * 16 + y) % 256 for x in range(width // 2)), nibbles),
        "bits.bmp": bmp(width, height, 1, bit, black_and_white),
    }


def newer():
    return {name: base64.b85decode(text) for name, text in NEWER.items()}


def broken_newer():
    """Cut, of a size that is not theirs, without a range, of kinds that are not read."""
    files = {"cut." + name.split(".")[1]: whole[: 3 * len(whole) // 4] for name, whole in newer().items()}
    row = lambda y: bytes(120)
    files["cut.bmp"] = bmp(40, 24, 24, row)[:2000]
    files["packed.bmp"] = bmp(40, 24, 8, lambda y: bytes(40), compression=1)
    files["bits.bmp"] = bmp(40, 24, 7, lambda y: bytes(40))
    files["no_rows.bmp"] = bmp(40, 24, 24, row, declared=(40, 0))
    files["huge.bmp"] = bmp(40, 24, 24, row, declared=(2**31 - 1, 1 - 2**31))
    files["long.bmp"] = bmp(40, 24, 24, row, declared=(40000, 40000))
    files["head.bmp"] = b"BM" + bytes(20)
    stream = newer()["rgb.jp2"]
    stream = bytearray(stream[stream.index(b"\xff\x4f\xff\x51"):])
    struct.pack_into(">II", stream, 8, 50000, 50000)
    files["huge.j2k"] = bytes(stream)
    gray = [v / 100 for v in range(100)]
    for name, values in (("nan", [float("nan"), *gray[1:]]), ("infinite", [*gray[:99], float("inf")]), ("constant", [0.5] * 100),
                         ("mark", [-3.4e38] * 20 + gray[20:])):
        files[name + ".tif"] = tiff(10, 10, 1, 1, struct.pack("<100f", *values), 32, more=[(339, 3, 1, 3)])
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
    for name, files in (("numbers", numbers()), ("bitmaps", bitmaps()), ("newer", newer()), ("broken_newer", broken_newer())):
        write(os.path.join(sys.argv[1], name), files)
