package io.github.heartbeat.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.ClassWriter;
import org.springframework.asm.Handle;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;

/**
 * Reloads the classes of one package and inserts a call to {@link Faults#allocate()} at
 * every allocation of its main classes: {@code new}, arrays, lambdas, string
 * concatenation, and the methods of collections that may grow.
 */
public final class AllocationFaults extends ClassLoader {

	private static final String FAULTS = "io/github/heartbeat/testing/Faults";

	private static final Set<String> GROWING = Set.of("add", "addAll", "put", "merge", "computeIfAbsent", "of",
			"copyOf", "toArray", "stream", "iterator", "forEach");

	private final List<String> prefixes;

	private final CodeSource mainClasses;

	/**
	 * Create a loader.
	 * @param mainClass one of the classes whose allocations may fail; classes of the
	 * packages that have another code source are loaded unchanged
	 * @param basePackages the packages of the classes to load, including subpackages
	 */
	public AllocationFaults(Class<?> mainClass, String... basePackages) {
		super(mainClass.getClassLoader());
		this.prefixes = Arrays.stream(basePackages).map((basePackage) -> basePackage + ".").toList();
		this.mainClasses = mainClass.getProtectionDomain().getCodeSource();
	}

	@Override
	protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
		if (this.prefixes.stream().noneMatch(name::startsWith)) {
			return super.loadClass(name, resolve);
		}
		synchronized (getClassLoadingLock(name)) {
			Class<?> loaded = findLoadedClass(name);
			return (loaded != null) ? loaded : define(name);
		}
	}

	private Class<?> define(String name) throws ClassNotFoundException {
		Class<?> original = Class.forName(name, false, getParent());
		try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
			byte[] bytes = in.readAllBytes();
			if (this.mainClasses.equals(original.getProtectionDomain().getCodeSource())) {
				bytes = instrument(bytes);
			}
			return defineClass(name, bytes, 0, bytes.length, original.getProtectionDomain());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static byte[] instrument(byte[] bytes) {
		ClassReader reader = new ClassReader(bytes);
		ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
		reader.accept(new ClassVisitor(Opcodes.ASM9, writer) {

			@Override
			public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
					String[] exceptions) {
				MethodVisitor visitor = super.visitMethod(access, name, descriptor, signature, exceptions);
				return name.equals("<clinit>") ? visitor : new Allocations(visitor);
			}

		}, 0);
		return writer.toByteArray();
	}

	private static final class Allocations extends MethodVisitor {

		Allocations(MethodVisitor visitor) {
			super(Opcodes.ASM9, visitor);
		}

		private void allocate() {
			super.visitMethodInsn(Opcodes.INVOKESTATIC, FAULTS, "allocate", "()V", false);
		}

		/**
		 * The call follows the {@code new} instruction, because the stack map refers to
		 * the position of that instruction.
		 */
		@Override
		public void visitTypeInsn(int opcode, String type) {
			super.visitTypeInsn(opcode, type);
			if (opcode == Opcodes.NEW || opcode == Opcodes.ANEWARRAY) {
				allocate();
			}
		}

		@Override
		public void visitIntInsn(int opcode, int operand) {
			if (opcode == Opcodes.NEWARRAY) {
				allocate();
			}
			super.visitIntInsn(opcode, operand);
		}

		@Override
		public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
			allocate();
			super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
		}

		@Override
		public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
			boolean constant = name.equals("of") && descriptor.startsWith("()");
			if (owner.startsWith("java/") && GROWING.contains(name) && !constant) {
				allocate();
			}
			super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
		}

	}

}
