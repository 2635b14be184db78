"""Memory that several objects look into: views of arrays, buffers, mappings and shared blocks stay one memory."""

from ..case import IDLE, Case

CASES = [
    Case(
        "memoryviews_of_an_array",
        [
            "import numpy as np\na=np.zeros(1000); m=memoryview(a); m2=m[10:20]; m3=memoryview(a[3:])",
            "m[50]=7; m2[0]=4; m3[0]=9",
        ],
        ["a[3],a[10],a[50]", "m[3],m2[0],m3[0]", "m.format, m2.shape, m.itemsize"],
        then=["m[60]=1.0; m3[1]=8.0; a[60], a[4]", "a[11]=5; m2[1]"],
        modules=["numpy"],
    ),
    Case(
        "a_memoryview_in_two_dimensions",
        ["import numpy as np\na=np.arange(12).reshape(3,4); m=memoryview(a)", "m[1,2]=70"],
        ["a.tolist()", "m.shape, m.tolist()"],
        then=["m[0,0]=99; a[0,0]"],
        modules=["numpy"],
    ),
    Case(
        "arrays_over_the_standard_librarys_array",
        [
            "import array, numpy as np\nz=array.array('d',[0.0]*10)\nv=np.frombuffer(z); w=np.asarray(z)",
            "v[1]=3.0; w[2]=5",
        ],
        ["z.tolist()", "v.tolist()"],
        then=["v[4]=6; w[5]=7; z.tolist()"],
        modules=["numpy"],
    ),
    Case(
        "a_memoryview_of_the_standard_librarys_array",
        ["import array\nz=array.array('i',range(10)); m=memoryview(z)[2:5]"],
        ["m.tolist()"],
        then=["m[0]=77; z.tolist()"],
    ),
    Case(
        "arrays_over_a_ctypes_array",
        [
            "import ctypes, numpy as np\nc=(ctypes.c_double*5)(1,2,3)\nv=np.ctypeslib.as_array(c); f=np.frombuffer(c)",
            "v[4]=8",
        ],
        ["list(c)", "v.tolist()"],
        then=["v[0]=5; f[1]=6; list(c)"],
        modules=["numpy"],
    ),
    Case(
        "ctypes_structures_over_other_memory",
        [
            "import ctypes\nb=bytearray(16)\nclass P(ctypes.Structure):\n    _fields_=[('x',ctypes.c_int),('y',ctypes.c_int)]\np=P.from_buffer(b,8); arr=(P*2)(); q=arr[1]",
            "p.x=5; q.y=9",
        ],
        ["bytes(b)", "arr[1].y"],
        then=["p.y=7; bytes(b)", "q.x=3; arr[1].x"],
    ),
    Case(
        "memoryviews_with_steps_shapes_and_formats",
        [
            "b=bytearray(range(40)); m=memoryview(b)[3:20:4]; r=memoryview(b)[::-1]; ro=memoryview(b).toreadonly()[5:9]; c=memoryview(b).cast('i')[1:4]; d2=memoryview(b).cast('B',[5,8])"
        ],
        [
            "m.tolist(), r.tolist()[:5], ro.tolist(), ro.readonly, c.tolist(), d2.tolist()[1]",
            "m.strides, r.strides, d2.shape",
        ],
        then=[
            "m[1]=200; r[0]=100; c[0]=7; b[7], b[39], b[4], d2[0,7]",
            "b[5]=44; ro[0]",
            "try:\n    ro[0]=1\nexcept TypeError as e: print(e)",
        ],
    ),
    Case(
        "the_buffer_of_a_bytesio",
        ["import io\nb=io.BytesIO(b'0123456789'); m=b.getbuffer()[2:4]"],
        ["m.tobytes()"],
        then=["m[0]=65; b.getvalue()", "m.release(); b.write(b'zz'); b.getvalue()"],
    ),
    Case(
        "an_array_over_a_bytesio",
        ["import io, numpy as np\nb=io.BytesIO(bytes(80)); v=np.frombuffer(b.getbuffer(), np.uint8)", "v[3]=4"],
        ["b.getvalue()", "v.tolist()"],
        then=["v[5]=7; b.getvalue()"],
        either=True,
        modules=["numpy"],
    ),
    Case(
        "mappings_of_files_and_of_nothing",
        [
            "import mmap\n_=open('f.bin','wb').write(bytes(range(200)))\nf=open('f.bin','r+b'); mm=mmap.mmap(f.fileno(),0); mm[3]=77; mm.seek(5)\ng=open('f.bin','rb'); ro=mmap.mmap(g.fileno(),100,access=mmap.ACCESS_READ)\ncw=mmap.mmap(g.fileno(),0,access=mmap.ACCESS_COPY); cw[7]=66\nan=mmap.mmap(-1,64); an.write(b'hello')\ncl=mmap.mmap(-1,10); cl.close()"
        ],
        [
            "mm[:8]",
            "mm.tell()",
            "ro[3]",
            "cw[7]",
            "cw.tell()",
            "an[:8], an.tell(), len(an)",
            "cl.closed",
            "len(mm), len(ro)",
        ],
        then=[
            "mm[4]=99; mm.flush(); open('f.bin','rb').read()[4]",
            "cw[3]=1; open('f.bin','rb').read()[3]",
            "try:\n    ro[0]=1\nexcept TypeError as e: print(e)",
            "an.read(2)",
        ],
    ),
    Case(
        "a_mapping_whose_file_is_gone",
        [
            "import mmap\n_=open('f.bin','wb').write(bytes(range(200)))\nf=open('f.bin','r+b'); mm=mmap.mmap(f.fileno(),0); f.close()"
        ],
        ["mm[:8]"],
        either=True,
        between={"f.bin": None},
    ),
    Case(
        "an_array_over_a_mapping",
        [
            "import mmap, numpy as np\nf=open('x.bin','wb'); f.write(bytes(80)); f.close()\nf=open('x.bin','r+b'); mm=mmap.mmap(f.fileno(),0)\nv=np.frombuffer(mm)",
            "v[2]=3",
        ],
        ["v.tolist()"],
        then=["v[3]=4; mm[:32]"],
        either=True,
        modules=["numpy"],
    ),
    Case(
        "a_block_of_shared_memory",
        [
            "from multiprocessing import shared_memory\nimport numpy as np\ns=shared_memory.SharedMemory(create=True,size=80)\nv=np.ndarray((10,),buffer=s.buf)\nv[:]=3"
        ],
        ["v.tolist()"],
        then=["v[1]=9; bytes(s.buf[:16])", "s.close() if False else None"],
        either=True,
        modules=["numpy"],
    ),
    Case(
        "views_of_a_memmap",
        [
            "import numpy as np\nw=np.memmap('d.bin',dtype='f8',mode='w+',shape=(10,)); a=np.asarray(w); v=w[2:5]; u=a[3:]",
            "a[0]=1; v[0]=2; u[0]=3",
        ],
        ["w.tolist()", "type(a).__name__, type(v).__name__"],
        then=["a[1]=11; v[1]=12; u[5]=13; w.tolist()", "np.memmap('d.bin',dtype='f8',mode='r').tolist()"],
        modules=["numpy"],
    ),
    Case(
        "mappings_of_files_that_were_removed_or_renamed",
        [
            "import mmap, os, numpy as np\nfor name in 'abcd': open(name + '.bin', 'wb').write(bytes(range(80)))",
            "fixed = np.memmap('a.bin', dtype='i8', mode='r', shape=(2, 4), offset=16); own = np.memmap('b.bin', dtype='u1', mode='c')\n"
            "wide = np.memmap('c.bin', dtype='u1', mode='r+', shape=(4, 20), order='F'); part = wide[1:3]\n"
            "with open('d.bin', 'r+b') as file: raw = mmap.mmap(file.fileno(), 0)",
            "own[0] = 77; wide[2, 3] = 88; raw[5] = 99; raw.seek(7)\nfor name in 'abd': os.remove(name + '.bin')\n"
            "os.rename('c.bin', 'elsewhere.bin'); open('c.bin', 'wb').write(bytes(80))",
        ],
        [
            "fixed.tolist(), fixed.mode, fixed.offset, fixed.flags.writeable, os.path.basename(fixed.filename)",
            "own.tolist(), own.mode, wide.tolist(), os.path.basename(wide.filename), part.base is wide",
            "raw[:], raw.tell(), raw.size()",
        ],
        then=[
            "part[0, 0] = 5; own[1] = 6; raw[1] = 7; raw[0:3], own[:3].tolist(), wide[1, 0]",
            "wide.flush(); list(open('elsewhere.bin', 'rb').read()[:4]), list(open('c.bin', 'rb').read()[:4])",
            "sorted(os.listdir())",
        ],
        modules=["numpy"],
    ),
    Case(
        "two_mappings_of_one_file_that_was_removed",
        [
            "import mmap, os\nopen('a.bin', 'wb').write(bytes(range(80)))\nwith open('a.bin', 'r+b') as file: raw = mmap.mmap(file.fileno(), 0); look = mmap.mmap(file.fileno(), 40, access=mmap.ACCESS_READ)",
            "raw[1] = 7; os.remove('a.bin')",
        ],
        ["raw[:], look[:], look.size()"],
        told=["raw", "look"],
    ),
    Case(
        "a_masked_array_over_an_array",
        ["import numpy as np\na=np.arange(5.); m=np.ma.array(a, mask=[0,1,0,0,0], copy=False); n=m[1:]"],
        ["m.tolist()"],
        then=["a[2]=50; m.tolist(), n.tolist()", "n.mask[1]=True if False else n.mask[1]; m.mask.tolist()"],
        modules=["numpy"],
    ),
    Case(
        "masked_arrays_and_their_slices",
        [
            "import numpy as np\nm=np.ma.masked_greater(np.arange(6.),3); n=m[2:]; h=np.ma.array([1,2,3],mask=[1,0,0],hard_mask=True,fill_value=9)\nrec=np.ma.array([(1,2.)],dtype=[('a',int),('b',float)])"
        ],
        [
            "m.tolist(), n.tolist(), h.tolist(), h.hardmask, h.fill_value, h.filled().tolist()",
            "rec.tolist(), type(rec[0]).__name__",
            "m.sum(), np.ma.array([1.,2]).mask is np.ma.nomask",
        ],
        then=["n[0]=100; m.tolist()", "h[0]=7; h.tolist()", "n[1]=np.ma.masked; m.tolist(), m.mask.tolist()"],
        modules=["numpy"],
    ),
    Case(
        "arrays_of_a_users_class",
        [
            "import numpy as np\nclass Q(np.ndarray):\n    def __array_finalize__(self, o): self.unit=getattr(o,'unit','m')\nb=np.arange(5.); q=b.view(Q); q.unit='km'; r=q[1:3]; own=Q((2,)); own[:]=4; ov=np.asarray(own)"
        ],
        ["q.unit, r.unit, own.tolist(), own.unit"],
        then=["b[1]=50; q[1], r[0]", "ov[0]=9; own[0]"],
        modules=["numpy"],
    ),
    Case(
        "fields_and_record_views_of_an_array",
        ["import numpy as np\nz=np.zeros(4,[('a','f8'),('b','i4')]); r=z['a']; q=z[['a']]; rec=z.view(np.recarray)"],
        ["z.tolist()"],
        then=["r[0]=1; q['a'][1]=5; rec.b[2]=6; z.tolist()"],
        modules=["numpy"],
    ),
    Case(
        "rows_and_fields_of_a_record_array",
        ["import numpy as np\nr=np.rec.array([(1,'a',2.)],names='i,s,f'); i=r.i; f=r['f']; row=r[0]"],
        ["r.tolist(), i.tolist(), row.tolist(), r.s"],
        then=["i[0]=9; r.i[0], row.i", "row.f=3.5; r.f[0]"],
        modules=["numpy"],
    ),
    Case(
        "a_row_of_a_structured_array",
        [
            "import numpy as np\nz=np.zeros(3,[('a','f8'),('b','i4')]); row=z[1]; dt=np.array(['2020-01-01','2021-01-01'],'M8[D]'); dv=dt[1:]; di=dt.view('i8')"
        ],
        ["z.tolist()"],
        then=["row['a']=4; z.tolist()", "dv[0]=np.datetime64('2000-01-01'); dt[1], di[1]"],
        modules=["numpy"],
    ),
    Case(
        "views_of_views",
        [
            "import numpy as np\na=np.arange(24.).reshape(4,6); b=a[::2]; c=b[:,1:3]; d=c.T; e=a.ravel(); f=a.view(np.int64); g=a.real; h=np.broadcast_to(a[0],(3,6)); i=np.lib.stride_tricks.sliding_window_view(e,3)"
        ],
        ["c.tolist()"],
        then=["a[0,1]=100; c[0,0], d[0,0], e[1], f[0,1], g[0,1], h[2,1], i[0,1]"],
        modules=["numpy"],
    ),
    Case(
        "real_and_imaginary_parts",
        ["import numpy as np\nz=np.zeros(4,complex); r=z.real; im=z.imag"],
        ["z.tolist()"],
        then=["r[0]=1; im[1]=2; z.tolist()"],
        modules=["numpy"],
    ),
    Case(
        "a_matrix_over_an_array",
        ["import numpy as np\na=np.arange(4.).reshape(2,2); m=np.asmatrix(a)"],
        ["m.tolist()"],
        then=["a[0,0]=50; m.tolist()"],
        modules=["numpy"],
    ),
    Case(
        "a_flat_iterator_on_its_way",
        ["import numpy as np\na=np.arange(6).reshape(2,3); it=a.flat; _=next(it)"],
        ["a.tolist()"],
        then=["next(it)", "it[5]=9; a.tolist()"],
        either=True,
        modules=["numpy"],
    ),
    Case(
        "views_of_no_dimension_and_of_no_length",
        ["import numpy as np\na=np.arange(4.); z=a[2:3].reshape(()); e=a[:0]; m=np.matrix('1 2;3 4'); mr=m[0]"],
        ["z.item(), e.size, m.tolist()"],
        then=["a[2]=9; z.item()", "mr[0,0]=7; m.tolist()"],
        modules=["numpy"],
    ),
    Case(
        "sparse_matrices_over_one_array",
        [
            "import scipy.sparse as sp, numpy as np\nd=np.array([1.,2.]); s=sp.csr_matrix((d,[0,1],[0,1,2]),shape=(2,2)); t=s.T"
        ],
        ["s.toarray().tolist()"],
        then=["s.data[0]=9; t.toarray().tolist(), d.tolist()"],
        modules=["scipy"],
    ),
    Case(
        "xarray_over_an_array",
        ["import xarray as xr, numpy as np\na=np.zeros(4); x=xr.DataArray(a); ds=x.to_dataset(name='q')"],
        ["x.values.tolist()"],
        then=["a[1]=3; x.values.tolist(), ds.q.values.tolist()"],
        modules=["xarray"],
    ),
    Case(
        "strings_of_any_length_and_their_views",
        [
            "import numpy as np\nfrom numpy.dtypes import StringDType\ns=np.array(['a','b'*30,'c','d'],dtype=StringDType(na_object=None)); v=s[1:]; r=s[::-1]; st=s[::2]; m=s.reshape(2,2); t=m.T; row=m[1]"
        ],
        ["[x.tolist() for x in (s,v,r,st,m,t,row)]"],
        then=["s[1]='zz'; v[0], r[2], m[0,1], t[1,0]", "t[0,1]='q'; s.tolist()", "row[1]='end'; s[-1], st.tolist()"],
        modules=["numpy"],
    ),
    Case(
        "series_and_frames_made_from_one_another",
        [
            "import pandas as pd, numpy as np\ns=pd.Series(range(6),dtype='f8'); h=s.head(3); t=s[2:]; sv=s.copy(deep=False); idx=pd.Index([3,1,2]); si=pd.Series(idx); si2=idx.to_series()\ndf=pd.DataFrame({'a':[1.,2.,3.],'c':pd.Categorical(['x','y','x']),'d':pd.date_range('2024',periods=3),'i':pd.array([1,2,3],'Int64'),'s':['p','q','r']}); d2=df.copy(deep=False); d3=df.rename(columns=str.upper); col=df['c']; dd=df['d']; ii=df['i']; d4=df.set_index('d'); d5=d4.reset_index(); dti=pd.DatetimeIndex(df['d'])"
        ],
        ["[x.tolist() for x in (s,h,t,sv,si)]"],
        then=[
            "s.iloc[0]=99; s.iloc[2]=98; h.tolist(), t.tolist(), sv.tolist()",
            "si.iloc[0]=7; idx.tolist(), si2.tolist()",
            "df.loc[0,'c']='y'; d2.c.tolist(), d3.C.tolist(), col.tolist()",
            "df.loc[0,'d']=pd.Timestamp('2020'); d2.d.tolist(), dd.tolist(), d4.index.tolist(), dti.tolist(), d5.d.tolist()",
            "df.loc[0,'i']=50; d2.i.tolist(), ii.tolist()",
            "df.loc[0,'a']=50; d2.a.tolist(), d3.A.tolist()",
            "df.loc[0,'s']='zz'; d2.s.tolist(), d3.S.tolist()",
        ],
        modules=["pandas"],
    ),
    Case(
        "arrays_that_look_into_frames_and_frames_that_look_into_arrays",
        [
            "import pandas as pd, numpy as np\ndf=pd.DataFrame({'a':[1.,2.,3.],'b':[4.,5.,6.]}); v=df['a'].to_numpy(); m=df.to_numpy(); raw=np.arange(4.); s=pd.Series(raw,copy=False); r2=np.zeros((2,2)); fr=pd.DataFrame(r2,copy=False); cat=pd.Categorical(['a','b']); cs=pd.Series(cat,copy=False)"
        ],
        ["v.tolist(), m.tolist()"],
        then=[
            "df.loc[0,'a']=9; v.tolist(), m.tolist()",
            "raw[0]=5; s.tolist()",
            "s.iloc[1]=6; raw.tolist()",
            "r2[0,0]=3; fr.iloc[1,1]=8; fr.iloc[0,0], r2.tolist()",
            "cs.iloc[0]='b'; list(cat)",
        ],
        modules=["pandas"],
    ),
    Case(
        "arrays_over_the_memory_of_a_library_object",
        [
            "import numpy as np\nfrom sklearn.tree import DecisionTreeClassifier\nX = np.arange(8.)[:, None]; clf = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, [0, 0, 1, 1, 1, 1, 1, 1])",
            "cut = clf.tree_.threshold; value = clf.tree_.value; tree = clf.tree_; alone = tree.n_node_samples.copy()",
        ],
        ["cut.tolist()", "value.shape", "tree is clf.tree_", "clf.predict(X).tolist()"],
        [
            "cut[0] = 5.5; clf.tree_.threshold.tolist(), clf.predict(X).tolist()",
            "value[:] = value[:, :, ::-1]; clf.predict(X).tolist()",
        ],
        modules=["sklearn"],
    ),
    Case(
        "what_arrow_polars_pillow_and_ctypes_make_over_an_array",
        [
            "import numpy as np, pyarrow as pa, polars as pl, ctypes\nfrom PIL import Image\na = np.arange(6.); buf = pa.py_buffer(a); z = pa.array(a); d = {'a': np.arange(9000.)}; d['t'] = pa.table({'x': d['a']})",
            "s = pl.Series('s', a); df = pl.DataFrame({'x': a, 'n': ['p', 'q', 'r', 's', 't', 'u']}); dl = np.from_dlpack(a); at = a.ctypes.data_as(ctypes.POINTER(ctypes.c_double))",
            "grey = np.zeros((4, 4), 'u1'); im = Image.fromarray(grey); rgba = np.zeros((2, 2, 4), 'u1'); im2 = Image.fromarray(rgba)\nraw = bytearray(16); im3 = Image.frombuffer('P', (4, 4), raw, 'raw', 'P', 0, 1); im3.putpalette([5, 6, 7] * 16)",
            "a[0] = 7; grey[0, 0] = 8",
        ],
        [
            "np.frombuffer(buf)[0], z[0].as_py(), s[0], df['x'][0], dl[0], at[0], at._arr is a",
            "im.getpixel((0, 0)), im.readonly, im3.getpalette()[:3], s.dtype, buf.is_mutable",
        ],
        [
            "a[1] = 99; np.frombuffer(buf)[1], z[1].as_py(), s[1], df['x'][1], dl[1], at[1]",
            "at[2] = 5; a[2], d['a'].__setitem__(3, -1), d['t']['x'][3].as_py()",
            "grey[1, 1] = 9; rgba[0, 0, 0] = 3; raw[0] = 1; im.getpixel((1, 1)), im2.getpixel((0, 0)), im3.getpixel((0, 0))",
            "im.putpixel((2, 2), 5); grey[2, 2], im.getpixel((2, 2))",
        ],
        modules=["pyarrow", "polars", "PIL"],
    ),
    Case(
        "views_of_arrays_whose_axes_lie_in_an_order_of_their_own",
        [
            "import numpy as np\nimage = np.arange(24).reshape(2, 3, 4)\nplanes = image.transpose(2, 0, 1) * 2\nred = planes[0]; part = planes[::-1, :, 1:]\ndays = np.arange(24).astype('M8[D]').reshape(2, 3, 4).transpose(1, 0, 2).copy(order='K'); second = days[1]\n"
            "big = np.ones((80, 90, 3), 'f4').transpose(2, 0, 1) + 0; slab = big[1]\nfixed = image.transpose(2, 0, 1) + 1; fixed.flags.writeable = False; of_fixed = fixed[1]\nthings = image.astype(object).transpose(2, 0, 1).copy(order='K'); some = things[0]"
        ],
        [
            "planes.strides, planes.flags.owndata, red.base is planes, part.base is planes",
            "slab.base is big, big.strides",
            "of_fixed.flags.writeable, of_fixed.base is fixed",
            "things.tolist(), some.tolist()",
        ],
        [
            "red[0, 0] = 99; part[0, 0, 0] = 77; planes.tolist()",
            "second[0, 0] = np.datetime64('2020-01-01'); days[1, 0, 0]",
            "slab[0, 0] = -5; big[1, 0, 0]",
        ],
        modules=["numpy"],
    ),
    Case(
        "arrays_of_subclasses_own_their_memory_and_those_of_objects_look_into_others",
        [
            "import numpy as np\nm = np.matrix([[1, 2], [3, 4]]); mm = np.ma.masked_array([1, 2, 3], mask=[0, 0, 1]) * 2\nclass A(np.ndarray):\n    def __array_finalize__(self, obj): self.info = getattr(obj, 'info', None)",
            "a = np.arange(6.).reshape(2, 3).view(A); a.info = 'hi'; b = a + 1; row = b[0]; b.flags.writeable = False; f = np.ndarray.__new__(A, (3, 4), order='F'); f[...] = 1",
            "x = np.array(['a', 'b', None], dtype=object); o = np.ma.array(x, mask=[0, 1, 0], copy=False); part = o[1:]",
        ],
        [
            "m.flags.owndata, m.base is None, mm.flags.owndata, b.flags.owndata, b.flags.writeable, b.info, np.shares_memory(b, row)",
            "f.flags.owndata, f.flags.f_contiguous, f.strides, type(a.base) is np.ndarray",
            "np.shares_memory(x, o), np.shares_memory(o, part), o, type(o.fill_value)",
        ],
        ["m.resize((3, 2), refcheck=False); m", "o[0] = 'z'; part[1] = 'y'; x.tolist(), mm.sum()"],
        modules=["numpy"],
    ),
    Case(
        "pointers_in_ctypes_structures",
        [
            "import ctypes, numpy as np\nclass Node(ctypes.Structure): pass\nNode._fields_ = [('v', ctypes.c_int), ('next', ctypes.POINTER(Node))]\none, two, three = Node(1), Node(2), Node(3)\none.next = ctypes.pointer(two); two.next = ctypes.pointer(three); three.next = ctypes.pointer(one)",
            "Call = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int); noted = [1]\nclass Ops(ctypes.Structure): _fields_ = [('f', Call), ('g', Call), ('name', ctypes.c_char_p), ('wide', ctypes.c_wchar_p), ('o', ctypes.py_object)]\nops = Ops(Call(lambda x: x + len(noted)), Call(abs), b'ops', 'wide', noted)",
            "data = (ctypes.c_int * 4)(1, 2, 3, 4); a = np.arange(5.); loose = ctypes.create_string_buffer(b'buffered')\nclass All(ctypes.Structure): _fields_ = [('ops', Ops), ('nodes', Node * 2), ('p', ctypes.POINTER(ctypes.c_int)), ('d', ctypes.POINTER(ctypes.c_double)), ('text', ctypes.c_char_p)]\nwhole = All(ops, (Node * 2)(one, two), data, a.ctypes.data_as(ctypes.POINTER(ctypes.c_double)), ctypes.cast(loose, ctypes.c_char_p)); part = whole.ops",
            "class Address(ctypes.Structure): _fields_ = [('p', ctypes.c_void_p)]\nelsewhere = Address(ctypes.cast(ctypes.CDLL(None).free, ctypes.c_void_p).value); none = Address()",
        ],
        [
            "one.next.contents.next.contents.next.contents.v, whole.nodes[1].next.contents.v, none.p",
            "ops.f(3), ops.g(-4), ops.name, ops.wide, ops.o is noted, whole.ops.f(1), part.name, whole.p[3], whole.d[2], whole.text",
        ],
        [
            "three.v = 30; print(one.next.contents.next.contents.v, whole.nodes[1].next.contents.v)",
            "data[3] = 44; a[2] = 9; noted.append(2); part.name = b'new'; loose.value = b'other'; print(whole.p[3], whole.d[2], ops.f(3), whole.ops.name, ops.name, whole.text)",
            "two.next = None; print(bool(one.next.contents.next))",
        ],
        told=["elsewhere"],
        modules=["numpy"],
    ),
    Case(
        "ctypes_at_an_address_or_over_a_buffer_is_that_memory_again",
        [
            "import ctypes, numpy as np\na = np.array([1, 2, 3]); c = np.ctypeslib.as_ctypes(a); n = ctypes.c_int64.from_address(a.ctypes.data + 8); raw = bytearray(8); i = ctypes.c_int32.from_buffer(raw, 4); alone = ctypes.c_int(5)",
            "class S(ctypes.Structure): _fields_ = [('x', ctypes.c_int64), ('y', ctypes.c_double)]\nrows = np.zeros(3, dtype=[('x', 'i8'), ('y', 'f8')]); s = S.from_address(rows.ctypes.data + 16); d = ctypes.c_double.from_buffer(s, 8)",
        ],
        ["list(c), n.value, i.value, alone.value, s.x"],
        ["c[0] = 9; n.value = 7; a.tolist()", "i.value = 1; raw", "s.x = 3; d.value = 4.; rows.tolist()"],
        modules=["numpy"],
    ),
    Case(
        "views_of_an_array_over_a_librarys_memory_stay_views_of_it",
        [
            "import numpy as np, polars as pl\nfrom scipy.spatial.transform import Rotation\nm = Rotation.from_euler('zyx', [[90, 45, 30], [35, 45, 90]], degrees=True).as_matrix(); first = m[0]; turned = m.T; held = [m[1]]",
            "p = pl.DataFrame({'a': [1., 2], 'b': [3., 4]}).to_numpy(writable=True); row = p[0]",
        ],
        ["first.base is m, np.shares_memory(turned, held[0]), np.shares_memory(p, row)"],
        ["m[0, 0, 0] = 9; m[1, 0, 0] = 8; first[0, 0], held[0][0, 0], turned[0, 0].tolist()", "row[0] = 7; p[0]"],
        modules=["scipy", "polars"],
    ),
    Case(
        "what_is_deleted_after_a_checkpoint_is_gone_at_once",
        [
            "import gc, weakref\ngc.disable()\nclass Large: pass\nlarge = Large(); held = [Large()]; there = weakref.ref(large), weakref.ref(held[0])",
            IDLE,
            "del large\nheld.clear()\nassert [ref() for ref in there] == [None, None]\ngc.enable()",
        ],
        ["[ref() for ref in there]"],
    ),
    Case(
        "views_of_objects_name_their_array_as_base",
        [
            "import numpy as np\na = np.empty((3, 4), object)\na[:] = [[[i, j] for j in range(4)] for i in range(3)]",
            "v = a[1:].reshape(-1); t = a.T; r = a[::-1]; c = a[:, 1:3]; flat = a.ravel()[::2]; e = a[1:1]",
            "b = np.broadcast_to(a[0, :1], (5,)); rows = np.broadcast_to(a[0], (3, 4))",
        ],
        [
            "[x.base is a for x in (v, t, flat, e)]",
            "[x.tolist() for x in (v, t, r, b, c, flat, rows, e)]",
            "b.strides, rows.strides, r.strides, e.shape",
        ],
        ["a[1, 2] = 'new'; v[2], t[2, 1], r[1, 2], c[1, 1], flat[3]"],
        modules=["numpy"],
    ),
    Case(
        "fields_of_records_that_hold_objects",
        [
            "import numpy as np\nrec = np.array([(1, 'a', 2.5), (2, [3], 3.5)], dtype=[('i', int), ('o', object), ('f', float)])",
            "o = rec['o']; two = rec[['i', 'o']]; f = rec['f']; row = rec[1]; ro = rec.view(np.recarray).o; later = rec['o'][1:]; every = rec['f'][::2]",
            "nest = np.zeros((2, 2), dtype=[('p', [('q', object), ('w', 'i4')]), ('z', 'f8', (2,))]); q = nest['p']['q']; qq = nest['p'][1:]['q']; z = nest['z']",
        ],
        [
            "o.dtype, o.tolist(), o.base is rec",
            "two.dtype, two.tolist()",
            "f.tolist(), row['o'] is o[1], ro.tolist()",
            "later.tolist(), every.tolist()",
            "q.tolist(), qq.shape, z.shape",
        ],
        [
            "rec['o'][0] = 'x'; o[0], two['o'][0], ro[0]",
            "rec['o'][1] = 'y'; later, rec['f'].sum(), f",
            "nest['p'][1, 0] = ('k', 4); q[1, 0], qq[0, 0]",
            "nest['z'][:] = 4; z.tolist()",
        ],
        modules=["numpy"],
    ),
    Case(
        "arrays_of_subclasses_have_the_very_base_that_they_had",
        [
            "import numpy as np\nclass Q(np.ndarray):\n    def __new__(cls, a, unit):\n        made = np.asarray(a).view(cls); made.unit = unit; return made\n    def __array_finalize__(self, of): self.unit = getattr(of, 'unit', None)",
            "z = np.arange(12.).reshape(3, 4); q = Q(z, 'm'); r = q[:, ::2]; t = r.T; m = np.matrix(np.eye(3)); row = m[0]\nx = np.arange(6.); masked = np.ma.array(x, mask=x > 3, copy=False); big = Q(np.zeros((9000, 2000)), 's'); few = big[:2, :2]; del big",
            "lying = np.empty((2, 3, 4), dtype=object).transpose(2, 0, 1).copy('K')\nfor i in range(24): lying.flat[i] = [i]\npart = lying[1:]; plain = np.asarray(row)",
        ],
        [
            "q.base is z, r.base is q, t.base is q, row.base is m, masked.base is x, plain.base is row",
            "r.unit, t.unit, few.shape, few.unit",
            "lying.strides, part.base is lying, lying.tolist()",
        ],
        ["z[0, 0] = 9; row[0, 1] = 7; part[0, 0, 0] = 'x'\nr, t, m, plain, lying[1, 0, 0]"],
        modules=["numpy"],
    ),
    Case(
        "texts_of_numpy_with_zeros_at_the_end",
        [
            "import numpy as np\nclass S(np.str_): pass\ns = S('ab\\0\\0'); s.note = [1]; t = np.bytes_(b'ab\\0'); u = np.str_('ab'); held = [s, t, u]"
        ],
        ["len(s), len(t), len(u), type(s), type(t), s.note", "held[0] is s, bytes(t), str(s), s.dtype"],
        modules=["numpy"],
    ),
]
