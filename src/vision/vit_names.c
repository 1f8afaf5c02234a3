#include "vit_names.h"

const char *const VIT_BLOCK_PREFIX[VIT_SCHEMES] = {"blocks", "encoder.layer", "encoder.layer"};

#define BOTH(name) name, name
#define QKV "attention.attention."

const vit_name VIT_NAMES[] = {
    {VIT_CLS, false, "11w", {"cls_token", BOTH("embeddings.cls_token")}},
    {VIT_POSITIONS, false, "1nw", {"pos_embed", BOTH("embeddings.position_embeddings")}},
    {VIT_REGISTERS, true, "1rw", {"reg_token", BOTH("embeddings.register_tokens")}},
    {VIT_REGISTERS, true, "1rw", {"register_tokens", BOTH(0)}},
    {VIT_PATCH_W, false, "w3pp", {"patch_embed.proj.weight", BOTH("embeddings.patch_embeddings.projection.weight")}},
    {VIT_PATCH_B, false, "w", {"patch_embed.proj.bias", BOTH("embeddings.patch_embeddings.projection.bias")}},
    {VIT_NORM_W, false, "w", {"norm.weight", BOTH("layernorm.weight")}},
    {VIT_NORM_B, false, "w", {"norm.bias", BOTH("layernorm.bias")}},
    {VIT_NORM1_W, false, "w", {"norm1.weight", "layernorm_before.weight", "norm1.weight"}},
    {VIT_NORM1_B, false, "w", {"norm1.bias", "layernorm_before.bias", "norm1.bias"}},
    {VIT_QKV_W, false, "qw", {"attn.qkv.weight", BOTH(0)}},
    {VIT_QKV_W, false, "ww", {0, BOTH(QKV "query.weight")}},
    {VIT_QKV_W, false, "ww", {0, BOTH(QKV "key.weight")}},
    {VIT_QKV_W, false, "ww", {0, BOTH(QKV "value.weight")}},
    {VIT_QKV_B, false, "q", {"attn.qkv.bias", BOTH(0)}},
    {VIT_QKV_B, false, "w", {0, BOTH(QKV "query.bias")}},
    {VIT_QKV_B, false, "w", {0, BOTH(QKV "key.bias")}},
    {VIT_QKV_B, false, "w", {0, BOTH(QKV "value.bias")}},
    {VIT_PROJ_W, false, "ww", {"attn.proj.weight", BOTH("attention.output.dense.weight")}},
    {VIT_PROJ_B, false, "w", {"attn.proj.bias", BOTH("attention.output.dense.bias")}},
    {VIT_SCALE1, true, "w", {"ls1.gamma", 0, "layer_scale1.lambda1"}},
    {VIT_NORM2_W, false, "w", {"norm2.weight", "layernorm_after.weight", "norm2.weight"}},
    {VIT_NORM2_B, false, "w", {"norm2.bias", "layernorm_after.bias", "norm2.bias"}},
    {VIT_FC1_W, false, "hw", {"mlp.fc1.weight", "intermediate.dense.weight", "mlp.fc1.weight"}},
    {VIT_FC1_B, false, "h", {"mlp.fc1.bias", "intermediate.dense.bias", "mlp.fc1.bias"}},
    {VIT_FC2_W, false, "wh", {"mlp.fc2.weight", "output.dense.weight", "mlp.fc2.weight"}},
    {VIT_FC2_B, false, "w", {"mlp.fc2.bias", "output.dense.bias", "mlp.fc2.bias"}},
    {VIT_SCALE2, true, "w", {"ls2.gamma", 0, "layer_scale2.lambda1"}},
};
const int VIT_NAME_COUNT = sizeof VIT_NAMES / sizeof *VIT_NAMES;

const char *const VIT_IGNORED[] = {"head.",       "heads.",     "head_dist.",           "pooler.",
                                   "classifier.", "mask_token", "embeddings.mask_token"};
const int VIT_IGNORED_COUNT = sizeof VIT_IGNORED / sizeof *VIT_IGNORED;
