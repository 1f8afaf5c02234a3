"""The rows and labels that data_sets.py starts from: one function per origin, (rows, labels) or Missing."""
import collections
import functools
import gzip
import io
import pathlib
import re
import subprocess
import tempfile

import numpy as np

from tools import Missing

SHARED = pathlib.Path(__file__).resolve().parents[2] / "shared" / "data"
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")


def needs(path, package=None):
    if not path.exists():
        raise Missing(f"{path} is not there" + (f" (Debian package {package})" if package else ""))
    return path


def output_of(*command):
    try:
        return subprocess.run(command, capture_output=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip().splitlines()
        raise Missing(f"{command[0]} failed: {said[-1] if said else error}") from error


def imagenet50():
    return (np.load(needs(SHARED / "imagenet50_val_dino_vits16.npy")),
            np.load(needs(SHARED / "imagenet50_val_labels.npy")))


def scikit(name, **parameters):
    """What sklearn.datasets loads or makes."""
    from sklearn import datasets
    if name.startswith("load_"):
        return getattr(datasets, name)(return_X_y=True)
    return getattr(datasets, name)(random_state=0, **parameters)


def uneven_blobs(columns):
    """Eight separate Gaussian clusters of deviation 1, three of 2,000 rows and five of 100; columns after the second are noise."""
    centers = ((0, 0), (12, 0), (6, 10), (40, 0), (40, 12), (52, 0), (52, 12), (46, 24))
    labels = np.repeat(np.arange(8), (2000,) * 3 + (100,) * 5)
    rows = np.random.default_rng(0).normal(size=(len(labels), columns))
    rows[:, :2] += np.array(centers)[labels]
    return rows, labels


def fashion(*parts):
    def read(name, header):
        path = needs(FASHION / f"{name}-ubyte.gz", "dataset-fashion-mnist")
        return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=header)
    rows = np.concatenate([read(f"{part}-images-idx3", 16) for part in parts]).reshape(-1, 784)
    return rows, np.concatenate([read(f"{part}-labels-idx1", 8) for part in parts])


def mlbench(name, label, *left_out):
    """A data frame of R's mlbench; factors of numbers become the numbers."""
    needs(pathlib.Path(f"/usr/lib/R/site-library/mlbench/data/{name}.rda"), "r-cran-mlbench")
    text = output_of("Rscript", "-e", f"""
        data({name}, package = "mlbench")
        frame <- cbind(as.integer(factor({name}${label})),
                       {name}[, !(names({name}) %in% strsplit("{' '.join((label, *left_out))}", " ")[[1]])])
        frame[] <- lapply(frame, function(column) as.numeric(as.character(column)))
        write.table(frame, row.names = FALSE, col.names = FALSE)""")
    table = np.loadtxt(io.BytesIO(text))
    return table[:, 1:], table[:, 0] - 1


# Images

def gradient_histograms(images, cell):
    try:
        from skimage.feature import hog
    except ImportError as error:
        raise Missing(f"{error} (Debian package python3-skimage)") from error
    return np.stack([hog(image, orientations=8, pixels_per_cell=(cell, cell), cells_per_block=(2, 2))
                     for image in images])


def pillow():
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        raise Missing(f"{error} (Debian package python3-pil)") from error
    return Image, ImageDraw, ImageFont


def cifar_hog():
    folder = needs(SHARED / "cifar10_test_images")
    files = sorted(folder.glob("*/*.jpg"))
    names = sorted({file.parent.name for file in files})
    images = np.stack([pillow()[0].open(file).convert("L") for file in files]) / 255
    return gradient_histograms(images, 8), np.array([names.index(file.parent.name) for file in files])


# Glyphs

FONT_PACKAGES = ("fonts-dejavu-core", "fonts-dejavu-extra", "fonts-liberation", "fonts-freefont-ttf", "fonts-urw-base35",
                 "fonts-lato", "fonts-roboto-unhinted", "fonts-open-sans", "fonts-cantarell", "fonts-crosextra-carlito",
                 "fonts-linuxlibertine", "fonts-ebgaramond")
WITHOUT_LETTERS = re.compile("D050000L|Symbol|Keyboard|Initials|VF")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHARACTERS = LETTERS + "abdefghijmnqrt123456789ΓΔΘΛΞΠΣΦΨΩαβγδεζηθλμξπστφψωБДЖЗИЙЛЦЧШЩЪЫЬЭЮЯ&@#$%?§"
SIDE, INNER = 28, 20


@functools.cache
def font_files():
    """Scalable fonts of the packages that are here, one file per name."""
    listed = output_of("dpkg-query", "-L", *FONT_PACKAGES).decode().split("\n")
    found = {pathlib.Path(line).stem: line for line in sorted(listed) if re.search("[.](ttf|otf)$", line)}
    return [found[stem] for stem in sorted(found) if not WITHOUT_LETTERS.search(stem)]


def glyph(font, character):
    """White on black, the longer side INNER pixels, in the middle."""
    Image, ImageDraw, _ = pillow()
    left, top, right, bottom = font.getbbox(character)
    if right <= left or bottom <= top:
        return np.zeros((SIDE, SIDE), np.uint8)
    drawn = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(drawn).text((-left, -top), character, font=font, fill=255)
    scale = INNER / max(drawn.size)
    small = drawn.resize([max(1, round(scale * length)) for length in drawn.size], Image.Resampling.BOX)
    page = Image.new("L", (SIDE, SIDE))
    page.paste(small, ((SIDE - small.width) // 2, (SIDE - small.height) // 2))
    return np.asarray(page)


def glyphs(characters):
    """A font that lacks a character draws the same box for it as for a code that nobody has."""
    rows, labels = [], []
    for file in font_files():
        font = pillow()[2].truetype(file, 80, layout_engine=0)
        lacking = glyph(font, "\U0010fffe")
        for label, character in enumerate(characters):
            image = glyph(font, character)
            if image.any() and not np.array_equal(image, lacking):
                rows.append(image.ravel())
                labels.append(label)
    return np.array(rows), np.array(labels)


# Texts

SECTIONS = ("admin", "comm", "database", "editors", "electronics", "fonts", "games", "gnome", "graphics", "haskell", "httpd",
            "java", "javascript", "kernel", "localization", "mail", "math", "net", "python", "ruby", "science", "sound",
            "vcs", "video")
MIRROR = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main"


def package_lists(folder):
    """Debian's list of packages and their English descriptions, fetched by apt into a folder of our own: many machines
    have no descriptions. Returns both texts."""
    (folder / "partial").mkdir()
    (folder / "sources.list").write_text(MIRROR + "\n")
    options = {"Dir::Etc::sourcelist": folder / "sources.list", "Dir::Etc::sourceparts": "-", "Dir::State::lists": folder,
               "Acquire::Languages": "en", "APT::Architecture": "amd64", "APT::Sandbox::User": "", "Dir::Cache": folder}
    output_of("apt-get", *[word for key, value in options.items() for word in ("-o", f"{key}={value}")], "update")
    for kind in ("Packages", "Translation-en"):
        file = next((file for file in folder.iterdir() if kind in file.name), None)
        if not file:
            raise Missing(f"apt-get update brought no {kind}")
        yield output_of("/usr/lib/apt/apt-helper", "cat-file", str(file)).decode()


def fields(text):
    """The paragraphs of a Debian control file as dictionaries."""
    for paragraph in text.split("\n\n"):
        yield dict(re.findall(r"^([A-Za-z0-9-]+):[ ]?(.*(?:\n .*)*)", paragraph, re.M))


def descriptions():
    """Section and description of the first package of each source, by the source's name."""
    with tempfile.TemporaryDirectory() as folder:
        packages_text, english = package_lists(pathlib.Path(folder))
    words = {entry["Description-md5"]: entry["Description-en"] for entry in fields(english) if "Description-en" in entry}
    found = {}
    for entry in sorted(fields(packages_text), key=lambda entry: entry.get("Package", "")):
        if entry.get("Section") in SECTIONS:
            name = entry.get("Source", entry["Package"]).split()[0]
            found.setdefault(name, (entry["Section"], words.get(entry.get("Description-md5"), entry["Description"])))
    return [found[name] for name in sorted(found)]


def packages(count):
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    found = descriptions()
    found = [found[i] for i in np.sort(np.random.default_rng(3).permutation(len(found))[:count])]
    counts = collections.Counter(section for section, _ in found)
    weights = TfidfVectorizer(sublinear_tf=True, min_df=3, max_df=0.3, stop_words="english",
                              token_pattern=r"(?u)\b[a-zA-Z][a-zA-Z]+\b").fit_transform(text for _, text in found)
    names = sorted(counts)
    return (TruncatedSVD(128, random_state=0).fit_transform(weights),
            np.array([names.index(section) for section, _ in found]))
