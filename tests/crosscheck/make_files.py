# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes files of every kind that nibabel, h5py and SciPy can write, with the facts that they read back, or checks that
they read what the program wrote. Called by tst_crosscheck.

usage: make_files.py make FOLDER       writes files and FOLDER/facts.json
       make_files.py read FILE         prints the numbers in FILE and what is said of them: names, places, times
"""
import json
import os
import sys

import nibabel as nib
import numpy as np
from nibabel import cifti2


def facts(values, **more):
    values = np.asarray(values, dtype=np.float64)
    return dict(shape=list(values.shape), min=values.min(), max=values.max(), mean=values.mean(), std=values.std(), **more)


def random_values(shape, dtype, rng):
    if np.issubdtype(dtype, np.integer):
        info = np.iinfo(dtype)
        return rng.integers(max(info.min, -30000), min(info.max, 30000), size=shape).astype(dtype)
    return rng.normal(size=shape).astype(dtype)


def images(folder, rng, all_facts):
    affine = np.array([[-2, 0.1, 0, 90], [0, 2, 0.2, -126], [0, -0.1, 2, -72], [0, 0, 0, 1.0]])
    types = [np.uint8, np.int16, np.int32, np.float32, np.float64, np.int8, np.uint16, np.uint32, np.int64, np.uint64]
    kinds = [(nib.Nifti1Image, '.nii'), (nib.Nifti1Image, '.nii.gz'), (nib.Nifti2Image, '.nii'), (nib.Nifti1Pair, '.img'),
             (nib.Nifti2Pair, '.img.gz')]
    for dtype in types:
        for number, (kind, ending) in enumerate(kinds):
            for order in '<>':
                values = random_values((3, 4, 5, 2), dtype, rng)
                header = kind.header_class(endianness=order)
                header.set_data_dtype(np.dtype(dtype).newbyteorder(order))
                header.set_xyzt_units('mm', 'msec')
                image = kind(values, affine, header)
                image.header.set_zooms((2, 2, 2, 1500))
                if number % 2 == 0:
                    image.header.set_slope_inter(0.25, -3)
                name = f'{np.dtype(dtype).name}_{number}_{"little" if order == "<" else "big"}{ending}'
                nib.save(image, os.path.join(folder, name))
                back = nib.load(os.path.join(folder, name))
                all_facts[name] = facts(back.get_fdata(), affine=back.affine.tolist(), trSec=1.5,
                                        dtype=np.dtype(dtype).name)
    for dtype, ending in [(np.uint8, '.mgz'), (np.int16, '.mgh'), (np.int32, '.mgz'), (np.float32, '.mgh')]:
        name = f'{np.dtype(dtype).name}{ending}'
        values = random_values((3, 4, 5, 2), dtype, rng)
        image = nib.MGHImage(values, affine)
        image.header['tr'] = 1500
        nib.save(image, os.path.join(folder, name))
        back = nib.load(os.path.join(folder, name))
        all_facts[name] = facts(back.get_fdata(), affine=back.affine.tolist(), trSec=1.5, dtype=np.dtype(dtype).name)


def surfaces(folder, rng, all_facts):
    points = rng.normal(size=(12, 3)).astype(np.float32)
    faces = rng.integers(0, 12, size=(7, 3)).astype(np.int32)
    for encoding in ['ASCII', 'B64BIN', 'B64GZ']:
        for endian in ['little', 'big']:
            for order in 'CF':
                arrays = []
                for values, intent in [(points, 'POINTSET'), (faces, 'TRIANGLE')]:
                    array = nib.gifti.GiftiDataArray(np.array(values, order=order), intent='NIFTI_INTENT_' + intent,
                                                     encoding='GIFTI_ENCODING_' + encoding,
                                                     endian='GIFTI_ENDIAN_' + endian.upper())
                    array.ind_ord = 1 if order == 'C' else 2
                    arrays.append(array)
                name = f'{encoding}_{endian}_{order}.surf.gii'
                nib.save(nib.gifti.GiftiImage(darrays=arrays), os.path.join(folder, name))
                back = nib.load(os.path.join(folder, name)).darrays
                all_facts[name] = facts(back[0].data, vertices=12, triangles=7)
    for encoding in ['ASCII', 'B64BIN', 'B64GZ']:
        table = nib.gifti.GiftiLabelTable()
        for key, label in [(0, 'none'), (3, 'region')]:
            table.labels.append(nib.gifti.GiftiLabel(key, 1, 0.5, 0, 1))
            table.labels[-1].label = label
        keys = np.array([0, 3, 3, 0, 3], np.int32)
        array = nib.gifti.GiftiDataArray(keys, intent='NIFTI_INTENT_LABEL', encoding='GIFTI_ENCODING_' + encoding)
        nib.save(nib.gifti.GiftiImage(darrays=[array], labeltable=table), os.path.join(folder, f'{encoding}.label.gii'))
        all_facts[f'{encoding}.label.gii'] = facts(keys, labelNames=['none', 'region'])
        for dtype, intent, ending in [(np.float32, 'TIME_SERIES', 'func'), (np.int32, 'SHAPE', 'shape'), (np.uint8, 'NONE', 'func')]:
            maps = random_values((3, 5), dtype, rng)
            arrays = [nib.gifti.GiftiDataArray(row, intent='NIFTI_INTENT_' + intent, encoding='GIFTI_ENCODING_' + encoding)
                      for row in maps]
            name = f'{encoding}_{np.dtype(dtype).name}.{ending}.gii'
            nib.save(nib.gifti.GiftiImage(darrays=arrays), os.path.join(folder, name))
            all_facts[name] = facts([array.data for array in nib.load(os.path.join(folder, name)).darrays])
    nib.freesurfer.write_geometry(os.path.join(folder, 'lh.geometry'), points, faces)
    all_facts['lh.geometry'] = facts(points, vertices=12, triangles=7)
    nib.freesurfer.write_morph_data(os.path.join(folder, 'lh.morph'), points[:, 0])
    all_facts['lh.morph'] = facts(points[:, 0])
    colours = np.array([[10, 20, 30, 0, 0], [40, 50, 60, 0, 0]])
    nib.freesurfer.write_annot(os.path.join(folder, 'lh.regions.annot'), np.array([0, 1, 1, 0]), colours, [b'a', b'b'],
                               fill_ctab=True)
    all_facts['lh.regions.annot'] = facts([0, 1, 1, 0], labelNames=['a', 'b'])


def ciftis(folder, rng, all_facts):
    mask = np.zeros((4, 5, 6), bool)
    mask[1, 2, 3] = mask[3, 4, 5] = True
    models = (cifti2.BrainModelAxis.from_surface([0, 2, 3], 5, 'CortexLeft') +
              cifti2.BrainModelAxis.from_surface([1, 4], 5, 'CortexRight') +
              cifti2.BrainModelAxis.from_mask(mask, 'brain_stem', np.eye(4)))
    parcels = cifti2.ParcelsAxis.from_brain_models([('p', models[:3]), ('q', models[3:])])
    series = cifti2.SeriesAxis(0, 0.72, 4)
    scalars = cifti2.ScalarAxis(['one', 'two'])
    labels = cifti2.LabelAxis(['map'], [{0: ('none', (0, 0, 0, 0)), 1: ('region', (1, 0, 0, 1))}])
    surface_only = models[:5]
    for kind, rows, columns in [('dtseries', series, models), ('dscalar', scalars, models), ('dlabel', labels, models),
                                ('ptseries', series, parcels), ('pscalar', scalars, parcels), ('plabel', labels, parcels),
                                ('dscalar', scalars, surface_only)]:
        for dtype in [np.float32, np.float64, np.int16, np.uint8]:
            values = random_values((len(rows), len(columns)), dtype, rng)
            if 'label' in kind:
                values = (values > 0).astype(dtype)
            name = f'{np.dtype(dtype).name}_{len(columns)}.{kind}.nii'
            image = cifti2.Cifti2Image(values, (rows, columns))
            image.nifti_header.set_data_dtype(dtype)
            nib.save(image, os.path.join(folder, name))
            all_facts[name] = facts(nib.load(os.path.join(folder, name)).get_fdata())


def arrays(folder, rng, all_facts):
    values = rng.normal(size=(3, 4))
    np.save(os.path.join(folder, 'fortran.npy'), np.asfortranarray(values))
    all_facts['fortran.npy'] = facts(values, dtype='float64')
    for dtype in ['b1', 'i1', 'u1', '<i2', '>i2', '<u2', '>u4', '<i4', '<i8', '>u8', '<f2', '>f2', '<f4', '>f4', '<f8', '>f8']:
        for shape in [(), (5,), (3, 4), (2, 3, 2)]:
            for order in 'CF':
                array = np.asarray(rng.normal(size=shape) * 50 + 60).astype(np.dtype(dtype), order=order)
                name = f'{dtype.replace("<", "l").replace(">", "b")}_{len(shape)}{order}.npy'
                np.save(os.path.join(folder, name), array)
                all_facts[name] = facts(array)
    for version in [(1, 0), (2, 0), (3, 0)]:
        name = f'version{version[0]}.npy'
        with open(os.path.join(folder, name), 'wb') as file:
            np.lib.format.write_array(file, values, version=version)
        all_facts[name] = facts(values)
    np.savez(os.path.join(folder, 'stored.npz'), a=values)
    all_facts['stored.npz'] = facts(values)
    np.savez_compressed(os.path.join(folder, 'one.npz'), a=values.astype(np.float16))
    all_facts['one.npz'] = facts(values.astype(np.float16), dtype='float16')
    try:
        import scipy.io
        for packed in [False, True]:
            name = f'matlab_{packed}.mat'
            scipy.io.savemat(os.path.join(folder, name), {'a': values}, do_compression=packed)
            all_facts[name] = facts(values, dtype='float64')
    except ImportError:
        print('SciPy is missing: no MATLAB files', file=sys.stderr)
    try:
        import h5py
        for packing in [None, 'gzip', 'lzf']:
            name = f'h5py_{packing}.h5'
            with h5py.File(os.path.join(folder, name), 'w') as file:
                file.create_dataset('g/a', data=values, chunks=(2, 2) if packing else None, compression=packing)
            all_facts[name] = facts(values, dtype='float64')
    except ImportError:
        print('h5py is missing: no HDF5 files', file=sys.stderr)


def read(file):
    said = {}
    if file.endswith('.npy'):
        values = np.load(file)
    elif file.endswith('.tsv'):
        values = np.genfromtxt(file, delimiter='\t', names=True, missing_values='n/a', filling_values=np.nan)
        said = dict(names=list(values.dtype.names))
        values = np.array([list(row) for row in values])
    elif file.endswith('.surf.gii'):
        image = nib.load(file)
        values = image.agg_data('pointset')
        said = dict(triangles=image.agg_data('triangle').tolist())
    elif file.endswith('.gii'):
        image = nib.load(file)
        values = np.array([array.data for array in image.darrays])
        said = dict(names=[array.metadata.get('Name', '') for array in image.darrays],
                    labels={str(key): name for key, name in image.labeltable.get_labels_as_dict().items()},
                    side=image.meta.get('AnatomicalStructurePrimary') or image.darrays[0].metadata.get('AnatomicalStructurePrimary'))
    else:
        image = nib.load(file)
        values = np.asarray(image.dataobj)
        rows, columns = (image.header.get_axis(i) for i in (0, 1))
        said = dict(names=list(getattr(rows, 'name', [])), step=getattr(rows, 'step', None),
                    structures=[name for name, _, _ in columns.iter_structures()],
                    vertices=columns.vertex.tolist(), voxels=columns.voxel.tolist(), affine=np.asarray(columns.affine).tolist())
    said.update(shape=list(values.shape), values=np.asarray(values, dtype=np.float64).ravel().tolist())
    print(json.dumps(said))


if sys.argv[1] == 'make':
    generator, found = np.random.default_rng(1), {}
    for part in (images, surfaces, ciftis, arrays):
        part(sys.argv[2], generator, found)
    with open(os.path.join(sys.argv[2], 'facts.json'), 'w') as out:
        json.dump(found, out)
else:
    read(sys.argv[2])
