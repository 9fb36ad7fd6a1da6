r"""
Notations that authors write: each in a true line, and in a false twin that must be refused.

The twin differs in one place only, mostly by what a second reading of the notation would make true.
"""

import pytest

ARRAYS = r"""
- $A, B \in \mathbb{R}^{n \times n}$
- $C \in \mathbb{R}^{n \times k}$
- $x, y \in \mathbb{R}^{n}$
- $a, b \in \mathbb{R}$
- $c \in \mathbb{R}_{>0}$
"""

# Of each: what is declared, definitions, the true line, the false one.
SPELLINGS = [
    (ARRAYS, [], r"\partial_x (x^\top y) = y", r"\partial_x (x^\top y) = x"),
    (ARRAYS, [], r"\partial_{x_j} \|x\|^2 = 2 x_j", r"\partial_{x_j} \|x\|^2 = 2 x_1"),
    (
        ARRAYS,
        [],
        r"\|A\|_{\mathrm{F}}^2 = \operatorname{tr}(A^\top A)",
        r"\|A\|_{\mathrm{F}} = \operatorname{tr}(A^\top A)",
    ),
    (ARRAYS, [], r"\|A\|_{\rm F}^2 = \|A\|_\textrm{F}^2", r"\|A\|_{\rm F}^2 = \|A\|_\textrm{F}"),
    (
        ARRAYS,
        [],
        r"(A C)^{\rm T} = C^\textsf{T} A^{\text{T}}",
        r"(A B)^{\rm T} = A^\textsf{T} B^{\text{T}}",
    ),
    (ARRAYS, [], "(A B)^H = B^H A^H", "(A B)^H = A^H B^H"),
    (ARRAYS, [], r"A^{-H} = (A^{-1})^\top", "A^{-H} = A^{-1}"),
    (ARRAYS, [r"W_\textrm{hh} := A B"], r"W_{\text{hh}} = A B", r"W_{\text{hh}} = B A"),
    (
        ARRAYS,
        [],
        r"\operatorname{tanh}(x)_j = \mathrm{tanh}(x_j)",
        r"\operatorname{tanh}(x)_j = \mathrm{tanh}(x_1)",
    ),
    (
        ARRAYS,
        [],
        r"\text{exp}(a + b) = \operatorname{exp}(a) \mathrm{exp}(b)",
        r"\text{exp}(a + b) = \operatorname{exp}(a) + \mathrm{exp}(b)",
    ),
    (ARRAYS, [], r"\sqrt[3]{c}^3 = c", r"\sqrt[3]{c}^2 = c"),
    (ARRAYS, [], r"\boldsymbol{1}^\top x = \sum_j x_j", r"\boldsymbol{1}^\top x = x_1"),
    (
        ARRAYS,
        [],
        r"\frac{\mathrm{d}(a^2)}{\mathrm{d}a} = 2 a",
        r"\frac{\mathrm{d}(a^2)}{\mathrm{d}a} = a",
    ),
    (ARRAYS, [], r"\cfrac{a}{c} \equiv a c^{-1}", r"\cfrac{a}{c} \equiv c a^{-1}"),
    (ARRAYS, [], r"a^2 \geqslant 0", r"a \geqslant 0"),
    (ARRAYS, [r"s \triangleq a + b"], "s - b = a", "s + b = a"),
    (ARRAYS, [r"s \stackrel{\text{def}}{=} a + b"], "s - b = a", "s + b = a"),
    (ARRAYS, [], r"a + b \stackrel{(a)}{=} b + a", r"a - b \stackrel{(a)}{=} b - a"),
    (ARRAYS, [], r"a + b \overset{1}{=} b + a", r"a - b \overset{1}{=} b - a"),
]
SETS = r"""
- $A, B \in \mathbb{S}^n$
- $C \in \mathbb{S}^n_{+}$
- $D \in \mathbb{S}_{++}^n$
- $Q \in O(n)$
- $p, q \in \Delta^{K-1}$
- $y \in \{e_1, \dots, e_K\}$
- $z \in \mathbb{R}^K$
- $x \in \mathbb{R}^n$
"""
ELEMENTS = [
    (SETS, [], r"A B = (B A)^\top", "A B = B A"),
    (SETS, [], r"x^\top C x \ge 0", r"x^\top C x > 0"),
    (SETS, [], r"\det(C) \ge 0", r"\det(C) > 0"),
    (SETS, [], r"\det(D) > 0", r"\det(A) > 0"),
    (SETS, [], r"Q^{-1} = Q^\top", "Q^{-1} = Q"),
    (SETS, [], r"\det(Q) \det(Q) = 1", r"\det(Q) = 1"),
    (SETS, [], r"\mathbf{1}^\top p = \mathbf{1}^\top q", "p = q"),
    (SETS, [], r"p_k \ge 0", r"p_k > 0"),
    (SETS, [], r"\mathbf{1}^\top y = 1", "y_1 = 1"),
    (SETS, [], r"y_k y_k = y_k", "p_k p_k = p_k"),
    (
        SETS,
        [r"L := -\sum_k y_k \log(\operatorname{softmax}(z)_k)"],
        r"\frac{\partial L}{\partial z} = \operatorname{softmax}(z) - y",
        r"\frac{\partial L}{\partial z} = y - \operatorname{softmax}(z)",
    ),
    (
        SETS,
        [],
        r"\frac{\partial x^\top A x}{\partial x} = 2 A x",
        r"\frac{\partial x^\top Q x}{\partial x} = 2 Q x",
    ),
]
DOTS = [
    (ARRAYS, [], r"x_1 + \dots + x_n = \mathbf{1}^\top x", r"x_1 + \dots + x_n = x_1 + x_n"),
    (ARRAYS, [], r"a - x_1 - x_2 - \cdots - x_n = a - \sum_j x_j", r"a - x_1 - \cdots - x_n = a"),
    (
        ARRAYS,
        [],
        r"A_{1,1} x_1 + A_{1,2} x_2 + \ldots + A_{1,n} x_n + b = (A x)_1 + b",
        r"A_{1,1} x_1 + A_{1,2} x_2 + \ldots + A_{n,1} x_n + b = (A x)_1 + b",
    ),
    (ARRAYS, [], r"1 + 2 + \dots + n = \frac{n (n + 1)}{2}", r"1 + 3 + \dots + n = \frac{n^2}{2}"),
    (ARRAYS, [], r"x_1 + x_2 + \dots + x_n = \sum_j x_j", r"x_1 + x_3 + \dots + x_n = \sum_j x_j"),
    (ARRAYS, [], r"a^1 + \dots + a^3 = a + a^2 + a^3", r"1 + a + \dots + a^3 = 1 + a + a^2 + a^3"),
]
WORDS = [
    (
        ARRAYS,
        [],
        r"\operatorname{tr} A = \mathrm{tr}(A^\top)",
        r"\operatorname{tr} A B = \mathrm{tr}(A B)",
    ),
    (
        ARRAYS,
        [],
        r"\frac{\partial \operatorname{tr} A}{\partial A} = I",
        r"\frac{\partial \operatorname{tr} A}{\partial A} = A",
    ),
    (
        ARRAYS,
        [],
        r"\frac{\partial \sum_j x_j^2}{\partial x_l} = 2 x_l",
        r"\frac{\partial \sum_j x_j^2}{\partial x_l} = 2 x_1",
    ),
    (
        r"- $K, L \in \mathbb{R}_{>0}$" + "\n" + r"- $p \in (0, 1)$",
        [r"F(K, L) := K^p L^{1-p}"],
        r"K \frac{\partial F}{\partial K} + L \frac{\partial F}{\partial L} = F(K, L)",
        r"K \frac{\partial F}{\partial K} + L \frac{\partial F}{\partial L} = F(L, K)",
    ),
]
CLASSES = r"""
- $W \in \mathbb{R}^{n \times K}$
- $U \in \mathbb{R}^{n \times N}$
- $x_i \in \mathbb{R}^{n}$
- $y_i \in \{1, \dots, K\}$
- $Q \in \mathbb{R}^{n \times n}$
"""
HINGE = r"L_i := \sum_{j \neq y_i} \max(0, w_j^\top x_i - w_{y_i}^\top x_i + 1)"
COUNT = r"\sum_{j \neq y_i} \mathbb{1}(w_j^\top x_i - w_{y_i}^\top x_i + 1 > 0) x_i"
COLUMNS = [
    (
        CLASSES,
        [HINGE],
        rf"\nabla_{{w_{{y_i}}}} L_i = -{COUNT}",
        rf"\nabla_{{w_{{y_i}}}} L_i = {COUNT}",
    ),
    (CLASSES, [], r"\sum_{k=1}^N u_k u_k^\top = U U^\top", r"\sum_{k=1}^n u_k u_k^\top = U U^\top"),
    (CLASSES, [], r"\sum_k \vec{u}_k = U \mathbf{1}", r"\sum_k \vec{u}_k = U u_1"),
    (CLASSES, [], r"\sum_k q^{(k)} = Q \mathbf{1}", r"\sum_k q_k = Q \mathbf{1}"),
    (
        CLASSES,
        [],
        r"\sum_{j=1}^n \mid (x_i)_j \mid = \| x_i \|_1",
        r"\sum_{j=1}^n \mid (x_i)_j \mid = \| x_i \|_2",
    ),
]
STEPS = r"""
- $W^{[l]} \in \mathbb{R}^{n \times n}$
- $x \in \mathbb{R}^{n}$
- $a^{[0]} \in \mathbb{R}^{n}$
- $l \in \{1, \dots, L\}$
"""
LAYERS = [
    r"a^{[l]} := \tanh(W^{[l]} a^{[l-1]})",
    r"C := \|a^{[L]} - x\|^2",
    r"d^{[l]} := \frac{\partial C}{\partial a^{[l]}}",
]
BACK = r"d^{[l]} = W^{[l+1]\top} (d^{[l+1]} \odot (\mathbf{1}_n - a^{[l+1]} \odot a^{[l+1]}))"
BESIDE = [
    (STEPS, LAYERS, rf"{BACK} {right}", rf"{BACK} {wrong}")
    for right, wrong in (
        (r"\quad \text{for } l = 1, \dots, L - 1", r"\quad \text{for } l = 1, \dots, L"),
        (r"\quad \text{for all } l \in \{1, \dots, L - 1\}", r"\quad \text{for all } l"),
        (r", \quad l = 1, 2, \ldots, L - 1.", r", \quad l = 1, 2, \ldots, L."),
        (r"\qquad (l = 1, \dots, L - 1)", r"\qquad (l = 0, \dots, L - 1)"),
        (r"\quad \forall l < L", r"\quad \forall l \le L"),
    )
] + [
    (
        ARRAYS,
        [],
        r"\frac{\partial A_{ij}}{\partial A_{il}} = 0 \quad \text{if } j \neq l",
        r"\frac{\partial A_{ij}}{\partial A_{il}} = 0 \quad \text{if } j \ge l",
    ),
    (
        ARRAYS,
        [],
        r"A_{ij} B_{jl} = B_{jl} A_{ij}, \quad i, j = 1, \dots, n",
        r"A_{ij} B_{jl} = B_{ij} A_{jl}, \quad i, j = 1, \dots, n",
    ),
    (ARRAYS, [], r"a b = b a \quad \text{for all } a", r"a b = a^2 \quad \text{if } a = b"),
]
SEPARATED = [
    (ARRAYS, [], r"a b = b a \Rightarrow a + b = b + a", r"a b = b a \Rightarrow a - b = b - a"),
    (
        ARRAYS,
        [],
        r"a b = b a \quad\implies\quad a + b = b + a",
        r"a b = - b a \quad\implies\quad a + b = b + a",
    ),
    (
        ARRAYS,
        [r"s := a b \hspace{0.5in} \rightarrow \hspace{0.5in} t := 2 s"],
        "t = 2 a b",
        "t = a b",
    ),
]
SUMS = [
    (ARRAYS, [], r"\sum_i^n x_i = \mathbf{1}^\top x", r"\sum_i^n x_i = x_1"),
    (ARRAYS, [], r"\sum_{i \in [n]} x_i = \mathbf{1}^\top x", r"\sum_{i \in [n]} x_i = n x_1"),
    (
        ARRAYS,
        [],
        r"\sum_{i,j=1}^n A_{ij} = \mathbf{1}^\top A \mathbf{1}",
        r"\sum_{i,j=1}^n A_{ij} = \operatorname{tr}(A)",
    ),
    (
        ARRAYS,
        [],
        r"\sum_i -2 (x_i - y_i) = 2 \sum_i y_i - 2 \sum_i x_i",
        r"\sum_i -2 (x_i - y_i) = 2 \sum_i y_i + 2 \sum_i x_i",
    ),
]
INDICATORS = [
    (
        ARRAYS,
        [],
        r"\mathbb{1}(a > 0) + \mathbb{I}[a \le 0] = 1",
        r"\mathbb{1}(a > 0) + \mathbb{I}[a < b] = 1",
    ),
    (ARRAYS, [], r"1\{a > 0\} a = \max(a, 0)", r"1\{a < 0\} a = \max(a, 0)"),
    (
        ARRAYS,
        [],
        r"\mathbb{I}\{a > 0\} = \mathbb{1}_{a > 0}",
        r"\mathbb{I}\{a > 0\} = \mathbb{1}_{b > 0}",
    ),
]
DESIGN = r"""
- $X \in \mathbb{R}^{m \times n}$
- $y \in \mathbb{R}^m$
- $w, v \in \mathbb{R}^n$
- $Q \in \mathbb{R}^{n \times n}$
- $a, b, t \in \mathbb{R}$
- $c \in \mathbb{R}_{>0}$
- $f, g : \mathbb{R}^n \to \mathbb{R}$
"""
LEAST_SQUARES = r"J(w) := \frac12 \lVert X w - y \rVert^2"
ROTATION = r"R(s) := \begin{pmatrix} \cos(s) & -\sin(s) \\ \sin(s) & \cos(s) \end{pmatrix}"
FUNCTIONS = [
    (
        DESIGN,
        [],
        r"\nabla_w (f(w) + g(w)) = \nabla f(w) + \nabla g(w)",
        r"\nabla_w (f(w) + g(w)) = \nabla f(w) + \nabla f(w)",
    ),
    (DESIGN, [LEAST_SQUARES], r"\nabla J(w) = X^\top (X w - y)", r"\nabla J(w) = X^\top (X w + y)"),
    (
        DESIGN,
        [LEAST_SQUARES],
        r"\frac{\partial J}{\partial w} = \nabla J = X^\top (X w - y)",
        r"\frac{\partial J}{\partial w} = \nabla J = X^\top X w",
    ),
    (DESIGN, [LEAST_SQUARES], r"\nabla^2 J(w) = X^\top X", r"\nabla^2 J(w) = n"),
    (DESIGN, [LEAST_SQUARES], r"\nabla^2 J = X^\top X", r"\nabla^2 J = 2 X^\top X"),
    (DESIGN, [LEAST_SQUARES], "J(w + v) = J(v + w)", "J(w + v) = J(w) + J(v)"),
    (
        DESIGN,
        [r"f_2(w) := \log \sum_{k=1}^n \exp w_k"],
        "f_2(w + a) = f_2(w) + a",
        "f_2(w + a) = f_2(w)",
    ),
    (DESIGN, [r"p(t) := w + t v"], "p(a) - p(b) = (a - b) v", "p(a) - p(b) = (a - b) w"),
    (DESIGN, [ROTATION], "R(a) R(b) = R(a + b)", "R(a) R(b) = R(a - b)"),
    (
        DESIGN,
        [r"\ell(a) := a^2"],
        r"\frac{\partial \ell}{\partial a} = 2 a",
        r"\frac{\partial \ell}{\partial a} = 2 b",
    ),
    (
        DESIGN,
        ["S := Q Q^\\top"],
        r"\frac{\partial \log |S|}{\partial S} = S^{-1}",
        r"\frac{\partial \log |S|}{\partial S} = S",
    ),
    (
        DESIGN,
        ["S := Q Q^\\top"],
        r"\sqrt{|S|}^2 = |S|^1 = \det(S)",
        r"\sqrt{|S|}^2 = |S|^2 = \det(S)",
    ),
    (
        DESIGN,
        [],
        r"\frac{d}{dt} t^9 (1 - t)^4 = 9 t^8 (1 - t)^4 - 4 t^9 (1 - t)^3",
        r"\frac{d}{dt} t^9 (1 - t)^4 = 9 t^8 (1 - t)^4",
    ),
    (DESIGN, [], r"\operatorname{ReLU}(w)_j = \max(w_j, 0)", r"\operatorname{ReLU}(w)_j = w_j"),
    (
        DESIGN,
        [],
        r"\frac{\partial \|w - v\|_1}{\partial w_j} = \text{sign}(w_j - v_j)",
        r"\frac{\partial \|w - v\|_1}{\partial w_j} = \text{sign}(v_j - w_j)",
    ),
    (DESIGN, [], r"\text{clip}(a, -c, c) = \max(\min(a, c), -c)", r"\text{clip}(a, -c, c) = a"),
    (
        DESIGN,
        [],
        r"\frac{d}{da} \operatorname{softplus}(a) = \mathrm{sigmoid}(a)",
        r"\frac{d}{da} \operatorname{softplus}(a) = \mathrm{sigmoid}(-a)",
    ),
]
NIELSEN = r"""
- $w^l \in \mathbb{R}^{n_l \times n_{l-1}}$
- $b^l \in \mathbb{R}^{n_l}$
- $a^0 \in \mathbb{R}^{n_0}$
- $y \in \mathbb{R}^{n_L}$
- $l \in \{1, \dots, L\}$
- $p \in \{1, \dots, L-1\}$
"""
NIELSEN_FORWARD = [
    r"z^l := w^l a^{l-1} + b^l, \quad a^l := \sigma(z^l), \quad C := \frac{1}{2} \|y - a^L\|^2",
    r"\delta^l := \frac{\partial C}{\partial z^l}",
]
BRACKETED = NIELSEN.replace("w^l", "W^{(l)}").replace("b^l", "b^{(l)}").replace("a^0", "a^{(0)}")
BRACKETED_FORWARD = [
    r"z^{(l)} := W^{(l)} a^{(l-1)} + b^{(l)}, \quad a^{(l)} := \sigma(z^{(l)})",
    r"C := \frac{1}{2} \|y - a^{(L)}\|^2",
]
TWO = r"""
- $W^{(1)}, V^{(2)} \in \mathbb{R}^{n \times n}$
- $x \in \mathbb{R}^n$
"""
TWO_FORWARD = ["h^{(1)} := W^{(1)} x", "h^{(2)} := V^{(2)} h^{(1)}"]
BACK = r"\delta^p = ((w^{p+1})^T \delta^{p+1}) \odot \sigma'(z^p)"
BY_W = r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j"
BY_ALL = r"\frac{\partial C}{\partial W^{(l)}} = \frac{\partial C}{\partial z^{(l)}} a^{(l-1)\top}"
LAYERS = [
    (NIELSEN, NIELSEN_FORWARD, BACK, BACK.replace("(z^p)", "(z^{p+1})")),
    (NIELSEN, NIELSEN_FORWARD, BY_W, BY_W.replace("_k", "_j").replace("^l_j", "^l_k")),
    (NIELSEN, NIELSEN_FORWARD, r"\delta^L = (a^L - y) \odot \sigma'(z^L)", r"\delta^L = a^L - y"),
    (NIELSEN, NIELSEN_FORWARD, r"a^1 = \sigma(w^1 a^0 + b^1)", r"a^2 = \sigma(w^1 a^0 + b^1)"),
    (BRACKETED, BRACKETED_FORWARD, BY_ALL, BY_ALL.replace("(l-1)", "(l)")),
    (TWO, TWO_FORWARD, "h^{(2)} = V^{(2)} W^{(1)} x", "h^{(2)} = W^{(1)} V^{(2)} x"),
]
STEPS = r"""
- $b_t, c_t \in \mathbb{R}$
- $t \in \{1, \dots, T\}$
- $h_0 \in \mathbb{R}^d$
- $U \in \mathbb{R}^{d \times d}$
- $\mathbf{o}, \hat{\mathbf{y}} \in \mathbb{R}^d$
"""
LINEAR = ["a_0 := 0", "a_t := b_t + c_t a_{t-1}"]
UNROLLED = r"a_t = b_t + \sum_{i=1}^{t-1} \left( \prod_{j=i+1}^{t} c_j \right) b_i"
STATES = [r"h_t := \tanh(U h_{t-1})"]
BY_STATE = r"\frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(1 - h_t \odot h_t) U"
SEQUENCES = [
    (STEPS, LINEAR, UNROLLED, UNROLLED.replace("j=i+1", "j=i")),
    (STEPS, STATES, BY_STATE, BY_STATE + r"^\top"),
    (
        STEPS,
        STATES,
        r"h_{t,j} = \tanh(\sum_k U_{jk} h_{t-1,k})",
        r"h_{t,j} = \tanh(\sum_k U_{kj} h_{t-1,k})",
    ),
    (
        STEPS,
        [],
        r"\sum_j o_j \hat{y}_j = \mathbf{o}^\top \hat{\mathbf{y}}",
        r"\sum_j o_j \hat{y}_j = \sum_j o_j \sum_j \hat{y}_j",
    ),
    (STEPS, [], r"\sum_j u_{kj} o_j = (U \mathbf{o})_k", r"\sum_j u_{jk} o_j = (U \mathbf{o})_k"),
]
BOLD = r"""
- $\mathbf{X} \in \mathbb{R}^{d \times m}$
- $\mathbf{y} \in \mathbb{R}^{1 \times m}$
- $\mathbf{w} \in \mathbb{R}^{d}$
- $R \in \mathbb{R}^{d \times k}$
"""
LETTERS = [
    (BOLD, [], r"\|\mathbf{w}\|^2 = \sum_j w_j^2", r"\|\mathbf{w}\|^2 = \sum_j w_j"),
    (BOLD, [], r"\sum_{i=1}^m y^{(i)} = \mathbf{y} \mathbf{1}", r"\sum_{i=1}^m y^{(i)} = y_1"),
    (BOLD, [], r"r_{jt} = (R^\top)_{tj}", r"r_{jt} = (R^\top)_{1j}"),
    (
        BOLD,
        [r"\hat{\mathbf{v}} := 2 \mathbf{w}"],
        r"\hat{v}_j = 2 w_j",
        r"\hat{v}_j = 2 w_1",
    ),
    (
        BOLD,
        [r"e^{(i)} := y^{(i)} - \mathbf{w}^\top \mathbf{x}^{(i)}"],
        r"\sum_i e^{(i)} = (\mathbf{y} - \mathbf{w}^\top \mathbf{X}) \mathbf{1}",
        r"\sum_i e^{(i)} = (\mathbf{y} + \mathbf{w}^\top \mathbf{X}) \mathbf{1}",
    ),
]
CLASS = r"""
- $o \in \mathbb{R}^q$
- $c \in \{1, \dots, q\}$
- $u_j \in \mathbb{R}^d$
- $j \in \{1, \dots, q\}$
- $s_j \in \{1, \dots, q\}$
"""
CLASSES = [
    (
        CLASS,
        [r"p := \operatorname{softmax}(o)", r"L := -\log p_c"],
        r"\frac{\partial L}{\partial o_t} = p_t - \mathbb{1}[t = c]",
        r"\frac{\partial L}{\partial o_t} = p_t - \mathbb{1}[t = 1]",
    ),
    (CLASS, [r"y_k := \delta_{kc}"], r"o^\top y = o_c", r"o^\top y = o_1"),
    (
        CLASS,
        [r"y_k := \mathbb{1}[k = c]", "l := o_c"],
        r"\nabla_o l = y",
        r"\nabla_o l = y - \mathbf{1}",
    ),
    (CLASS, ["a := u_c"], r"a^\top u_j = u_j^\top u_c", r"a^\top u_j = u_j^\top u_j"),
    (CLASS, ["b_j := o_{s_j}"], "b_1 = o_{s_1}", "b_1 = o_{s_2}"),
]
STEPPING = r"""
- $b_t \in \mathbb{R}$
- $x_t \in \mathbb{R}^d$
- $t \in \{1, \dots, T\}$
- $W \in \mathbb{R}^{d \times d}$
- $h_0 \in \mathbb{R}^d$
"""
STEPPED = [
    (
        STEPPING,
        ["a_0 := 0", "a_t := b_t + a_{t-1}"],
        r"a_t = \sum_{i=1}^t b_i",
        r"a_t = \sum_{i=1}^{t-1} b_i",
    ),
    (
        STEPPING,
        [r"h_t := W h_{t-1} + x_t", r"L := \frac{1}{2} \|h_T\|^2"],
        r"\frac{\partial L}{\partial h_T} = h_T",
        r"\frac{\partial L}{\partial h_T} = h_1",
    ),
    (
        STEPPING,
        [r"h_t := W h_{t-1} + x_t", r"L := \frac{1}{2} \|h_T\|^2"],
        r"\frac{\partial h_{t}}{\partial h_{t-1}} = W",
        r"\frac{\partial h_{t}}{\partial h_{t-1}} = W^\top",
    ),
    (STEPPING, [r"v_t := W x_t"], r"\sum_{t=1}^T v_t = W \sum_t x_t", r"\sum_{t=1}^T v_t = W x_1"),
    (STEPPING, [r"v_t := W x_t"], r"v_{t,i} = (W x_t)_i", r"v_{t,i} = (W x_t)_1"),
]
BATCHES = [
    (
        r"""
- $X \in \mathbb{R}^{p \times N}$
- $M \in \mathbb{R}^{p \times K}$
""",
        [r"D := \sum_{n=1}^N \sum_{j=1}^K \|x^{(n)} - m^{(j)}\|^2"],
        r"\frac{\partial D}{\partial m^{(k)}} = -2 \sum_n (x^{(n)} - m^{(k)})",
        r"\frac{\partial D}{\partial m^{(k)}} = -2 \sum_j (x^{(k)} - m^{(j)})",
    ),
]
LOSS = r"""
- $X \in \mathbb{R}^{N \times D}$
- $W \in \mathbb{R}^{D \times M}$
- $L : \mathbb{R}^{N \times M} \to \mathbb{R}$
- $W^{hx} \in \mathbb{R}^{D \times D}$
- $\theta^{\text{old}}, y \in \mathbb{R}^D$
- $\alpha \in (0, 1)$
"""
NAMES = [
    (
        LOSS,
        ["Y := X W"],
        r"\frac{\partial L}{\partial X} = \frac{\partial L}{\partial Y} W^T",
        r"\frac{\partial L}{\partial X} = 2 \frac{\partial L}{\partial Y} W^T",
    ),
    (
        LOSS,
        ["Y := X W"],
        r"\frac{\partial L}{\partial W} = X^T \frac{\partial L}{\partial Y}",
        r"\frac{\partial L}{\partial W} = X^T \frac{\partial L}{\partial Y} \alpha",
    ),
    (
        LOSS,
        [r"y_k^{LS} := y_k (1 - \alpha) + \alpha / D"],
        r"\sum_k y_k^{LS} = (1 - \alpha) \sum_k y_k + \alpha",
        r"\sum_k y_k^{LS} = \sum_k y_k",
    ),
    (
        LOSS,
        [r"\theta^{\mathrm{new}} := W^{hx} \theta^{\text{old}}"],
        r"\theta^{\mathrm{new}}_j = \sum_k W^{hx}_{jk} \theta^{\text{old}}_k",
        r"\theta^{\mathrm{new}}_j = \sum_k W^{hx}_{kj} \theta^{\text{old}}_k",
    ),
]
SQUARE = "- $Q \\in \\mathbb{R}^{n \\times n}$\n- $x \\in \\mathbb{R}^n$"
PAIRS = [
    *SPELLINGS,
    *ELEMENTS,
    *DOTS,
    *WORDS,
    *COLUMNS,
    *BESIDE,
    *SEPARATED,
    *SUMS,
    *INDICATORS,
    *FUNCTIONS,
    *LAYERS,
    *SEQUENCES,
    *LETTERS,
    *CLASSES,
    *STEPPED,
    *BATCHES,
    *NAMES,
]


@pytest.mark.parametrize("pair", PAIRS, ids=[f"{k}: {pair[2]}" for k, pair in enumerate(PAIRS)])
def test_the_true_line_holds(check, pair):
    where, definitions, true, _ = pair
    findings = check(*definitions, true, where=where)
    assert [str(each) for each in findings if not each.passes] == []


@pytest.mark.parametrize("pair", PAIRS, ids=[f"{k}: {pair[2]}" for k, pair in enumerate(PAIRS)])
def test_balls_judge_both_lines(judge, pair):
    judge(*pair)


@pytest.mark.parametrize("pair", PAIRS, ids=[f"{k}: {pair[3]}" for k, pair in enumerate(PAIRS)])
def test_the_false_line_does_not_pass(check, pair):
    where, definitions, _, false = pair
    findings = check(*definitions, false, where=where)
    assert not all(each.passes for each in findings)


@pytest.mark.parametrize(
    ("where", "lines", "words"),
    [
        (ARRAYS, [r"a \stackrel{d}{=} a"], "can say in which sense it holds"),
        (
            DESIGN,
            [r"\frac{d}{dt} t^2 \frac{\partial a^2}{\partial a} = 2 t"],
            "can differentiate a, and a b",
        ),
        (
            DESIGN,
            [r"q(s) := \|s\|", "q(w) = a"],
            "defined for a number s; if it is an array, declare it",
        ),
        (DESIGN, [LEAST_SQUARES, "J(y) = a"], "it is defined for w, which is"),
        (LOSS, ["Y := X W", "U := 2 Y", r"\frac{\partial L}{\partial Y} = 0"], "needs an argument"),
        (LOSS + "- $h, x \\in \\mathbb{R}$\n- $W \\in \\mathbb{R}$", ["W^{hx} = 0"], "(W)^{hx}"),
        (STEPS + r"- $\vec{o} \in \mathbb{R}$", [r"o_1 = \mathbf{o}_1"], "o_1 is not declared"),
        (STEPS, ["q(o) := o_1", "q(c_1) = b_1"], "it has no scripts"),
        (DESIGN, [r"\nabla^2 a = b"], "by which symbol? write it below"),
        (ARRAYS + r"- $H \in \mathbb{N}$", ["a^H = a^H"], "H is a name here"),
        (SQUARE, [r"q_k^\top x = (Q^\top x)_k"], "column k of Q and its row k"),
        (SQUARE, [r"q_k^\top x = (Q x)_k"], "write q^{(k)} for the column"),
    ],
)
def test_what_is_refused_is_told_with_the_cure(check, where, lines, words):
    findings = [each for each in check(*lines, where=where) if not each.passes]
    assert any(words in each.diagnosis for each in findings)


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (["s := e^{-a}", "e := a", "t := 2 s"], "t = 2 s"),
        (["KL(a, b) := a - b"], "K = a"),
        (["q + 1 := a"], "a = a"),
    ],
)
def test_what_rests_on_a_refused_definition_says_only_that(check, lines, last):
    findings = check(*lines, last, where=ARRAYS)
    first, *others = [each for each in findings if not each.passes]
    assert first.status == "unreadable"
    assert {each.diagnosis for each in others} <= {f"rests on line {first.line}"}
